/*
 * Creates clients of all three modes, uses them, and never disposes them.
 */
import { createClientWithAutoPoll, createClientWithLazyLoad, createClientWithManualPoll } from '../../../src/index';

const [sdkKey = '', baseUrl = ''] = process.argv.slice(2);
const options = { baseUrl, logLevel: 'error' } as const;

async function run(): Promise<void> {
  const manual = createClientWithManualPoll(sdkKey, options);
  await manual.forceRefresh();
  const clients = [createClientWithAutoPoll(sdkKey, options), createClientWithLazyLoad(sdkKey, options), manual];
  const values = await Promise.all(clients.map((client) => client.getValue('greeting', 'default')));
  console.log(values.join(' '));
}

void run();
