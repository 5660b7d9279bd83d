import type { Observable } from 'rxjs';
import {
  BehaviorSubject,
  combineLatest,
  distinctUntilChanged,
  filter,
  map,
  of,
  scan,
  shareReplay,
  startWith,
  switchMap,
  withLatestFrom,
} from 'rxjs';
import type {
  ClientStatus,
  Config,
  ConfigCatClient,
  FetchFunction,
  SettingChange,
  SettingValue,
  Snapshot,
  User,
} from '../../index.js';
import { createClientWithAutoPoll, describeChange, isSameUser, parseConfig } from '../../index.js';
import { valueOf } from '../value.js';
import type { Activity } from './activity.js';
import { activityOf } from './activity.js';
import type { EditedUser, PageLocation } from './location.js';
import { toUser } from './location.js';

/** The settings of the page, which its server gives it. */
export interface PageSettings {
  readonly name: string;
  readonly pollIntervalSeconds: number;
}

/** A flag of the list. */
export interface ListedFlag {
  readonly key: string;
  readonly type: string;
  /** `null` when it cannot be evaluated. */
  readonly value: SettingValue | null;
  /** When its value or its rules changed last; `undefined`: not since the page was opened. */
  readonly changedAt: Date | undefined;
}

/** A config change, as the user on the page sees it. */
export interface TimelineEntry {
  readonly at: Date;
  readonly flags: readonly ChangedFlag[];
}

export interface ChangedFlag {
  readonly key: string;
  /** Title and lines of the difference. */
  readonly lines: readonly string[];
  readonly before: SettingValue | null | undefined;
  readonly after: SettingValue | null | undefined;
}

/** The status of the client, with counts of what it does. */
export interface FetchStatus extends Activity {
  readonly status: ClientStatus;
  readonly fetches: number;
  readonly errors: number;
  readonly now: Date;
}

/** How the rollout of a flag is simulated. */
export interface RolloutChoice {
  /** `undefined`: the attribute by which the flag is split. */
  readonly attribute: string | undefined;
  readonly size: number;
}

/** The state from which the page is drawn. */
export interface PageState {
  readonly settings: PageSettings;
  readonly location: PageLocation;
  readonly user: User | undefined;
  readonly snapshot: Snapshot;
  readonly config: Config | undefined;
  readonly flags: readonly ListedFlag[];
  readonly timeline: readonly TimelineEntry[];
  readonly fetchStatus: FetchStatus;
  readonly query: string;
  readonly rollout: RolloutChoice;
}

/** The session of a page: its state as a stream, and the actions that change it. */
export interface Session {
  readonly state$: Observable<PageState>;
  readonly search: (query: string) => void;
  readonly simulate: (choice: Partial<RolloutChoice>) => void;
  readonly refresh: () => void;
}

const keptChanges = 50;

/** Opens the client of the page. */
export function openSession(settings: PageSettings, location$: Observable<PageLocation>): Session {
  const client = createClientWithAutoPoll(
    `configcat-sdk-1/${'inspector'.padEnd(22, '-')}/${'inspector'.padEnd(22, '-')}`,
    {
      baseUrl: location.origin,
      pollIntervalSeconds: settings.pollIntervalSeconds,
      maxInitWaitTimeSeconds: -1,
      fetch: fetchConfig,
      // The page itself shows what goes wrong.
      logLevel: 'off',
    },
  );
  const query$ = new BehaviorSubject('');
  const rollout$ = new BehaviorSubject<RolloutChoice>({ attribute: undefined, size: 10_000 });
  const user$ = location$.pipe(
    map(({ user }: { readonly user: EditedUser }) => toUser(user)),
    distinctUntilChanged(isSameUser),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  const timeline$ = timelineOf(client, user$).pipe(shareReplay({ bufferSize: 1, refCount: true }));
  const snapshot$ = client.snapshot$.pipe(
    map((snapshot) => ({ snapshot, config: configOf(snapshot) })),
    startWith({ snapshot: client.snapshot(), config: undefined }),
  );
  const state$ = combineLatest({
    settings: of(settings),
    location: location$,
    user: user$,
    known: snapshot$,
    flags: flagsOf(client, user$, timeline$),
    timeline: timeline$,
    fetchStatus: fetchStatusOf(client),
    query: query$,
    rollout: rollout$,
  }).pipe(map(({ known, ...rest }): PageState => ({ ...rest, ...known })));
  return {
    state$,
    search: (query) => query$.next(query),
    simulate: (choice) => rollout$.next({ ...rollout$.value, ...choice }),
    refresh: () => void client.forceRefresh(),
  };
}

const unreachable =
  '`configcat-rx inspect` does not answer: it has ended, or cannot be reached. Start it again, and open the address that it prints.';

/** Fetches the config from the server of the page, whose error texts are shown as they are. */
const fetchConfig: FetchFunction = async (url, { signal }) => {
  const etag = new URL(url).searchParams.get('ccetag');
  const response = await fetch('/config.json', {
    cache: 'no-store',
    signal,
    ...(etag && { headers: { 'If-None-Match': etag } }),
  }).catch((error: unknown) => {
    // Browsers have words of their own for this, none of which says what to do.
    if (error instanceof TypeError) throw new Error(unreachable, { cause: error });
    throw error;
  });
  if (response.status === 502) throw new Error(await response.text());
  return response;
};

function configOf({ cacheText }: Snapshot): Config | undefined {
  return cacheText === undefined ? undefined : parseConfig(cacheText.replace(/^.*\n.*\n/, ''));
}

function flagsOf(
  client: ConfigCatClient,
  user$: Observable<User | undefined>,
  timeline$: Observable<readonly TimelineEntry[]>,
): Observable<readonly ListedFlag[]> {
  const values$ = user$.pipe(
    // `undefined` in a stream stands for the default user, of whom there is none here.
    switchMap((user) => client.allFlags$(user)),
    startWith({} as Readonly<Record<string, SettingValue | null>>),
  );
  return combineLatest([values$, timeline$]).pipe(
    map(([values, timeline]) => {
      const snapshot = client.snapshot();
      // The newest entry comes first, and is the one that stays.
      const changedAt = new Map([...timeline].reverse().flatMap(({ at, flags }) => flags.map(({ key }) => [key, at])));
      return Object.entries(values).map(([key, value]) => ({
        key,
        value,
        type: snapshot.setting(key)?.type ?? 'unknown',
        changedAt: changedAt.get(key),
      }));
    }),
  );
}

function timelineOf(
  client: ConfigCatClient,
  user$: Observable<User | undefined>,
): Observable<readonly TimelineEntry[]> {
  return client.changes$.pipe(
    withLatestFrom(user$),
    map(([{ flags, before, after }, user]): TimelineEntry => {
      const read = (snapshot: Snapshot, version: SettingChange['before'], key: string) =>
        version && valueOf(snapshot, key, user);
      return {
        at: new Date(client.snapshot().fetchedAt ?? 0),
        flags: flags.map((change) => ({
          key: change.key,
          lines: describeChange(change).split('\n'),
          before: read(before, change.before, change.key),
          after: read(after, change.after, change.key),
        })),
      };
    }),
    scan((entries: readonly TimelineEntry[], entry) => [entry, ...entries].slice(0, keptChanges), []),
    startWith([]),
  );
}

function fetchStatusOf(client: ConfigCatClient): Observable<FetchStatus> {
  const counts$ = client.events$.pipe(
    filter((event) => event.type === 'configFetched'),
    scan(({ fetches, errors }, { result }) => ({ fetches: fetches + 1, errors: errors + (result.isSuccess ? 0 : 1) }), {
      fetches: 0,
      errors: 0,
    }),
    startWith({ fetches: 0, errors: 0 }),
  );
  // Age grows while nothing happens.
  const activity$ = activityOf(client).pipe(
    map((activity) => ({ ...activity, now: new Date(performance.timeOrigin + performance.now()) })),
  );
  return combineLatest([client.status$, counts$, activity$]).pipe(
    map(([status, counts, activity]) => ({ status, ...counts, ...activity })),
  );
}
