/* Prints the first two values of a flag, then loses interest. */
import { createClientWithAutoPoll } from '../../../src/index';

const [sdkKey = '', baseUrl = ''] = process.argv.slice(2);
const seen: string[] = [];
const subscription = createClientWithAutoPoll(sdkKey, { baseUrl, pollIntervalSeconds: 1, logLevel: 'off' })
  .flag$('greeting', 'default')
  .subscribe((value) => {
    console.log(value);
    seen.push(value);
    // Later, because the first value may come while subscribing.
    if (seen.length === 2) {
      queueMicrotask(() => {
        subscription.unsubscribe();
      });
    }
  });
