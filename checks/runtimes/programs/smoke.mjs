/**
 * What every runtime has to do: read a flag, see it change, and leave nothing behind. The flag is `one` in the first
 * answer of the server, and `two` in all others.
 */
export async function smoke({ createClientWithAutoPoll }, { filter, firstValueFrom }, { url, sdkKey }) {
  const client = createClientWithAutoPoll(sdkKey, { baseUrl: url, pollIntervalSeconds: 1 });
  const greeting$ = client.flag$('greeting', 'default', { identifier: 'kate' });
  const streamed = await firstValueFrom(greeting$);
  const read = await client.getValue('greeting', 'default', { identifier: 'kate' });
  const changed = await firstValueFrom(greeting$.pipe(filter((greeting) => greeting !== streamed)));
  client.dispose();
  return `${streamed} ${read} ${changed}`;
}
