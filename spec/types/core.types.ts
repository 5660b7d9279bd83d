/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { Observable } from 'rxjs';
import type { ConfigCatClient, User } from '../../src';
import type { Explanation } from '../../src/explain';
import { explain } from '../../src/explain';
import type { EvaluationDetails, FlagCore, FlagSource, ValuesCore } from '../../src/functions';
import {
  autoPoll,
  configV5,
  createCore,
  createCoreFromValues,
  dehydrateValues,
  details,
  externalCache,
  flag$,
  flags$,
  getValue,
  keys$,
  logTexts,
  manualPoll,
  watch,
} from '../../src/functions';
import type { Flags } from './is.js';
import { is } from './is.js';

declare const any: ConfigCatClient;
declare const client: ConfigCatClient<Flags>;
declare const core: FlagCore<Flags>;
declare const user: User;
declare const user$: Observable<User | undefined>;

export function sources(): void {
  is<FlagCore<Flags>>()(createCore<Flags>('key', { polling: manualPoll() }));
  // Whoever takes any source takes those of known flags.
  const all: readonly FlagSource[] = [any, client, core];
  all.map((source) => is<Observable<readonly string[]>>()(keys$(source)));
  is<Observable<readonly string[]>>()(keys$(client));
  is<ValuesCore<Flags>>()(createCoreFromValues<Flags>(dehydrateValues(client, { user, flags: ['dark', 'theme'] })));
  // @ts-expect-error no such flag
  dehydrateValues(core, { user, flags: ['drak'] });
  // @ts-expect-error a core has no default for the polling mode
  createCore('key', {});
  // @ts-expect-error a text is no source
  keys$('a client');
}

export function questions(): void {
  is<Observable<boolean>>()(flag$(any, 'anything', false));
  is<Observable<boolean>>()(flag$(core, 'dark', false, user$));
  is<Observable<'light' | 'dark'>>()(flag$(client, 'theme', 'light'));
  is<Observable<number | undefined>>()(flag$(core, 'limit', user$));
  is<Observable<{ readonly dark: boolean; readonly limit: number | null }>>()(
    flags$(core, { dark: false, limit: null }),
  );
  is<Promise<number>>()(getValue(client, 'limit', 5, user));
  is<boolean>()(watch(core, 'dark', false).current());
  is<EvaluationDetails<number>>()(details(core.snapshot(), 'limit', 1));
  is<EvaluationDetails<boolean>>()(details(client.snapshot(), 'dark', false));
  is<Explanation>()(explain(core.snapshot(), 'dark'));
  // @ts-expect-error no such flag
  flag$(client, 'drak', false);
  // @ts-expect-error a default of another type
  flag$(core, 'dark', 'yes');
  // @ts-expect-error no such flag
  flags$(core, { drak: false });
  // @ts-expect-error no such flag
  details(core.snapshot(), 'drak', false);
  // @ts-expect-error no such flag
  explain(core.snapshot(), 'drak');
}

export function parts(): void {
  const polling = autoPoll();
  const cache = externalCache({ get: () => undefined, set: () => undefined });
  createCore('key', { polling, cache, formats: [configV5], texts: logTexts });
  is<'auto' | 'lazy' | 'manual'>()(polling.name);
  // @ts-expect-error looks like a polling mode
  createCore('key', { polling: { name: 'auto' } });
  // @ts-expect-error a function that is not called
  createCore('key', { polling: autoPoll });
  // @ts-expect-error no polling mode
  createCore('key', { polling: cache });
  // @ts-expect-error a cache without a name
  createCore('key', { polling, cache: { get: () => undefined, set: () => undefined } });
  // @ts-expect-error a polling mode
  createCore('key', { polling, cache: polling });
  // @ts-expect-error nothing reads a format by its name
  createCore('key', { polling, formats: ['v5'] });
  // @ts-expect-error whatever has members is no format
  createCore('key', { polling, formats: [{}] });
  // @ts-expect-error whatever has members are no texts
  createCore('key', { polling, texts: {} });
  // @ts-expect-error nobody reads how a mode works
  is<never>()(polling.rounds);
}
