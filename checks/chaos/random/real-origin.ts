import { startConfigServer } from 'configcat-rx/server';
import { Agent, get } from 'node:http';
import { configOf } from './config.js';
import { sdkKey } from './member.js';
import type { Origin, Reply } from './server.js';
import { firstVersion } from './server.js';

/** A server of real HTTP: what is sent to it takes no virtual time. */
export async function openRealOrigin(): Promise<Origin> {
  const etags = new Map<number, string>();
  const server = await startConfigServer({ configs: { [sdkKey]: configOf(firstVersion) } });
  const agent = new Agent({ keepAlive: true });
  let version = firstVersion;
  let served = version;
  let underWay = 0;
  // One after the other, so that the order is the same each time.
  let last = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    underWay++;
    last = last.then(work).finally(() => {
      underWay--;
    });
  };
  return {
    version: () => version,
    edit: () => {
      version++;
      const edited = version;
      inTurn(async () => {
        await server.setConfig(sdkKey, configOf(edited));
        served = edited;
      });
    },
    // Whoever else fetched an edit knows what it is called.
    etagOf: (of) => etags.get(of) ?? `W/"peer-${of}"`,
    reply: (etag, use) => {
      inTurn(async () => {
        const reply = await request(`${server.url}/configuration-files/${sdkKey}/config_v6.json`, etag, agent);
        if (reply.headers.etag) etags.set(served, reply.headers.etag);
        use(reply, served);
      });
    },
    isBusy: () => underWay > 0,
    close: async () => {
      agent.destroy();
      await server.close();
    },
  };
}

function request(url: string, etag: string | undefined, agent: Agent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: etag === undefined ? {} : { 'If-None-Match': etag } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers as Reply['headers'], text });
      });
    }).on('error', reject);
  });
}
