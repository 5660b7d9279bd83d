/*
 * Creates a client and does nothing with it; or watches it for one value only, with a second argument.
 */
import { createClientWithAutoPoll } from '../../../src/index';

const [baseUrl = '', watch] = process.argv.slice(2);
const client = createClientWithAutoPoll('configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv', { baseUrl });

if (watch) {
  const subscription = client.flag$('greeting', 'default').subscribe((value) => {
    console.log(value);
    queueMicrotask(() => {
      subscription.unsubscribe();
    });
  });
}
