/*
 * Shows a config of a key-value store and the next one, which somebody else stores, and then has nothing left to do.
 */
import { take } from 'rxjs';
import { createClientWithManualPoll } from '../../../src/index';
import { keyValueCache } from '../../../src/key-value/index';

const [sdkKey = ''] = process.argv.slice(2);
let text = '';
const textOf = (value: string, time: number) => `${time}\n\n{"f":{"greeting":{"t":1,"v":{"s":"${value}"}}}}`;
const store = { get: () => text, set: () => undefined };

text = textOf('hello', 1);
const client = createClientWithManualPoll(sdkKey, { cache: keyValueCache(store, { checkIntervalMs: 1 }) });
// Who is subscribed keeps the process alive.
client
  .flag$('greeting', '')
  .pipe(take(2))
  .subscribe((value) => {
    console.log(value);
  });
text = textOf('hello again', 2);
