/*
 * Lets a client share with tabs, of which there are none on a server, and leaves it undisposed.
 */
import { crossTab } from '../../../src/browser/index';
import { createClientWithAutoPoll } from '../../../src/index';

const [sdkKey = '', baseUrl = ''] = process.argv.slice(2);

async function run(): Promise<void> {
  const client = createClientWithAutoPoll(sdkKey, { baseUrl, ...crossTab() });
  console.log(await client.getValue('greeting', 'default'));
}

void run();
