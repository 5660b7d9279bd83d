/* Disposes a client that is watched, when its first value is there. */
import { createClientWithAutoPoll } from '../../../src/index';

const [sdkKey = '', baseUrl = ''] = process.argv.slice(2);
const client = createClientWithAutoPoll(sdkKey, { baseUrl, logLevel: 'off' });
client.flag$('greeting', 'default').subscribe({
  next: (value) => {
    console.log(value);
    queueMicrotask(client.dispose.bind(client));
  },
  complete: () => {
    console.log('complete');
  },
});
