import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { filter, firstValueFrom } from 'rxjs';
import { createRelay } from '../../src/relay';
import { createRemoteClient } from '../../src/remote';
import { createTestClient } from '../../src/testing';
import { configByUser } from '../support/client';
import { record } from '../support/record';

/** A real relay on a real port, which can be killed and come back. */
function serveRelay() {
  const source = createTestClient({}, { logLevel: 'off' });
  source.setConfig(configByUser('kate'));
  const listen = async (port: number) => {
    const relay = createRelay({ client: source, user: () => undefined, attributes: (_, given) => given });
    const server = createServer(relay.node);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return {
      port: (server.address() as AddressInfo).port,
      kill: () =>
        new Promise<void>((resolve) => {
          server.close(() => {
            resolve();
          });
          server.closeAllConnections();
        }),
    };
  };
  return { source, listen };
}

describe('a remote client of a real relay', () => {
  it('follows values, users, and a relay that has been killed', async () => {
    const { source, listen } = serveRelay();
    const first = await listen(0);
    const client = createRemoteClient({
      url: `http://127.0.0.1:${first.port}`,
      random: () => 0,
      logLevel: 'off',
    });
    const seen = record(client.flag$('plan', '-'));
    const until = (wanted: string) =>
      firstValueFrom(client.flag$('plan', '-').pipe(filter((value) => value === wanted)));
    await until('nobody');
    client.setUser({ identifier: 'kate' });
    await until('KATE');
    source.setConfig(configByUser('kate', 'john'));
    client.setUser({ identifier: 'john' });
    await until('JOHN');
    await first.kill();
    source.setConfig(configByUser('kate'));
    const second = await listen(first.port);
    await until('nobody');
    expect(seen.values).toEqual(['nobody', 'KATE', 'JOHN', 'nobody']);
    client.dispose();
    source.dispose();
    await second.kill();
  });
});
