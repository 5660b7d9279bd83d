/*
 * Watches a flag for as long as the process is let live.
 */
import { createClientWithAutoPoll } from '../../../src/index';

const [sdkKey = '', baseUrl = ''] = process.argv.slice(2);
const client = createClientWithAutoPoll(sdkKey, {
  baseUrl,
  pollIntervalSeconds: 1,
  logLevel: 'off',
});
client.flag$('greeting', 'default').subscribe(console.log);
