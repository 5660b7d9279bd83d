import { createProxyStream } from 'configcat-rx/proxy-stream';
import { distinctUntilChanged, firstValueFrom, map, take, toArray } from 'rxjs';
import { show } from './result.mjs';

show(async ({ url, sdkKey }) => {
  const { flags$, refresh$ } = createProxyStream({ url, sdkKey, user: { identifier: 'kate' } });
  const greeting$ = flags$.pipe(
    map(({ greeting }) => greeting?.value),
    distinctUntilChanged(),
  );
  const refreshed = firstValueFrom(refresh$);
  const [first, second] = await firstValueFrom(greeting$.pipe(take(2), toArray()));
  await refreshed;
  return `${first} one ${second}`;
});
