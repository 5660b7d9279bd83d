// What the checks of samples share that count who asks for a config: modules that development servers run again, as after
// each edit, are to leave one poller, whatever they left before.
import { setTimeout as pause } from 'node:timers/promises';

const sdkKey = 'configcat-sdk-1/sample-environment-key/sample-environment-key';
const config = { f: { greeting: { t: 1, v: { s: 'Hello' } } } };
const runs = 10;

/**
 * Has a module run ten times whose client polls each second, and fails unless the server is then asked once each second.
 *
 * @param startConfigServer - that of `configcat-rx/server`, as the sample has it.
 * @param start - starts what runs the module by an SDK key and a URL, and gives `run(i)`, which resolves when it has run for the
 * i-th time, and `end()`.
 */
export async function expectOnePoller(startConfigServer, start) {
  let requests = 0;
  const server = await startConfigServer({ configs: { [sdkKey]: config }, onRequest: () => requests++ });
  let program;
  try {
    program = await start({ sdkKey, baseUrl: server.url });
    for (let i = 1; i <= runs; i++) await program.run(i);
    requests = 0;
    await pause(4000);
    if (requests < 3 || requests > 5)
      throw new Error(`${requests} requests in four seconds, where one poller sends four.`);
  } finally {
    await program?.end();
    await server.close();
  }
}
