/*
 * Watches a flag for as long as the process is let live.
 */
import { createClientWithAutoPoll } from '../../../src/index';

const [baseUrl = ''] = process.argv.slice(2);
const client = createClientWithAutoPoll('configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv', {
  baseUrl,
  pollIntervalSeconds: 1,
});
client.flag$('greeting', 'default').subscribe(console.log);
