// A server as a user writes it, to be bundled with all that it imports.
import { createClientWithAutoPoll } from 'configcat-rx';
import { filter, firstValueFrom } from 'rxjs';

const [url, sdkKey] = process.argv.slice(2);
const client = createClientWithAutoPoll(sdkKey, { baseUrl: url, pollIntervalSeconds: 1 });
const greeting$ = client.flag$('greeting', 'default', { identifier: 'kate' });

async function main() {
  const streamed = await firstValueFrom(greeting$);
  const read = await client.getValue('greeting', 'default', { identifier: 'kate' });
  const changed = await firstValueFrom(greeting$.pipe(filter((greeting) => greeting !== streamed)));
  client.dispose();
  console.log(`${streamed} ${read} ${changed}`);
}

void main();
