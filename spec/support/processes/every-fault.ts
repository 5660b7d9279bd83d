/*
 * Lets clients of all modes meet every fault of the server at the given URL, then again with a client that is disposed
 * meanwhile. Anything that is thrown past the clients ends this process with an error.
 */
import type { ConfigCatClient } from '../../../src/index';
import { createClientWithAutoPoll, createClientWithLazyLoad, createClientWithManualPoll } from '../../../src/index';

const [serverUrl = '', count = '0'] = process.argv.slice(2);
const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';

function createClients(fault: number): ConfigCatClient[] {
  const options = { baseUrl: `${serverUrl}/${fault}`, requestTimeoutMs: 1000, logLevel: 'off' } as const;
  return [
    createClientWithAutoPoll(sdkKey, options),
    createClientWithLazyLoad(sdkKey, options),
    createClientWithManualPoll(sdkKey, options),
  ];
}

async function meet(fault: number): Promise<void> {
  const patient = createClients(fault);
  for (const client of patient) client.flag$('greeting', 'default').subscribe();
  await Promise.all(patient.map((client) => client.forceRefresh()));
  await Promise.all(patient.map((client) => client.getValue('greeting', 'default')));
  for (const client of patient) client.dispose();

  const disposedEarly = createClients(fault).map(async (client, i) => {
    const waits = [client.forceRefresh(), client.getValue('greeting', 'default')];
    if (i > 0) await Promise.resolve();
    if (i > 1) await new Promise((resolve) => setImmediate(resolve));
    client.dispose();
    await Promise.all(waits);
  });
  await Promise.all(disposedEarly);
}

async function run(): Promise<void> {
  await Promise.all(Array.from({ length: Number(count) }, (_, fault) => meet(fault)));
  console.log('done');
}

void run();
