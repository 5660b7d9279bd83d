import type { Resource, ResourceSnapshot, ResourceStatus, Signal } from '@angular/core';
import { PendingTasks, assertInInjectionContext, computed, inject, signal, untracked } from '@angular/core';
import { combineLatest, distinctUntilChanged, map } from 'rxjs';
import type {
  DefaultFor,
  EvaluationDetails,
  FlagKey,
  FlagTypes,
  FlagValue,
  RefreshFailure,
  SettingValue,
  Widen,
} from '../functions.js';
import { currentStatus, details, flagDetails$, status$ } from '../functions.js';
import type { FlagAspect } from './flag-reading.js';
import { injectReading } from './flag-reading.js';
import { injectProvided } from './provided.js';
import type { InjectFlagOptions } from './read-flag.js';
import { injectRequest, within } from './read-flag.js';
import { callOutside } from './zone.js';

/**
 * A flag as a resource of Angular. Unlike that of other resources its `value()` never throws: where there is no better one it
 * is the default value.
 */
export interface FlagResource<T> extends Resource<T> {
  /**
   * Fetches the config of all flags anew; the status is `reloading` meanwhile, and the value stays.
   *
   * @returns false when nothing begins, as the flag is being waited for already.
   */
  reload(): boolean;
}

/**
 * A flag as a resource: value, status, error, and `reload()`. It is `loading` until the first config is known or given up
 * (`maxInitWaitTimeSeconds`), then `resolved`, or `error` while the flag cannot be evaluated, and `idle` as long as a stream of
 * users has not emitted. Polls and failed fetches do not show while there is a value; changes of the flag do.
 *
 * @throws Error or TypeError at once, as `injectFlag()`.
 *
 * @example
 * readonly limit = injectFlagResource('uploadLimitMb', 50);
 * readonly text = computed(() => (this.limit.isLoading() ? 'One moment …' : `${this.limit.value()} MB`));
 */
export function injectFlagResource<D extends DefaultFor<SettingValue>>(
  key: string,
  defaultValue: D,
  options: InjectFlagOptions = {},
): FlagResource<Widen<D>> {
  if (!options.injector) assertInInjectionContext(injectFlagResource);
  return within(options, () => {
    const request = injectRequest(key, defaultValue, options, answerAspect);
    const reading = injectReading(request, answerAspect);
    const reload = injectReload();
    const isAsked = computed(() => request() !== undefined);
    const answer = computed(() => reading()?.value);
    const value = computed(() => {
      const known = answer();
      return (known ? known.value : defaultValue) as Widen<D>;
    });
    const status = computed((): ResourceStatus => {
      if (!isAsked()) return 'idle';
      const known = answer();
      if (!known) return 'loading';
      if (reload.isUnderWay()) return 'reloading';
      return known.error ? 'error' : 'resolved';
    });
    return resourceOf({
      value,
      status,
      error: computed(() => (status() === 'error' ? answer()?.error : undefined)),
      reload: () => untracked(() => answer() !== undefined && reload.begin()),
    });
  });
}

/** `injectFlagResource()`, typed by the flags that there are. */
export interface ResourceInjector<F extends FlagTypes<F>> {
  /** `injectFlagResource()` that knows the flags. */
  injectFlagResource: <K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    options?: InjectFlagOptions,
  ) => FlagResource<FlagValue<F[K], D>>;
}

/** What a resource shows of a flag: its value, and why there is no better one. */
interface Answer {
  readonly value: DefaultFor<SettingValue>;
  readonly error: Error | undefined;
}

const answerAspect: FlagAspect<Answer> = {
  now: (source, { key, defaultValue, user }) =>
    toAnswer(details(source.snapshot(), key, defaultValue, user), currentStatus(source).lastError),
  each$: (source, { key, defaultValue, user }) =>
    combineLatest([
      // Clients that emit the default value at once would call it an error, while it is still loading.
      flagDetails$(source, key, defaultValue, user, { initial: 'wait' }),
      status$(source).pipe(
        map(({ lastError }) => lastError),
        distinctUntilChanged(),
      ),
    ]).pipe(map(([answer, lastError]) => toAnswer(answer, lastError))),
  isSame: (a, b) => Object.is(a.value, b.value) && a.error?.message === b.error?.message,
};

function toAnswer(
  { value, isDefaultValue, errorCode, errorMessage, exception }: EvaluationDetails,
  lastError: RefreshFailure | undefined,
): Answer {
  if (!isDefaultValue) return { value, error: undefined };
  // Where there is no config, what has kept it away says more.
  const failure = errorCode === 1000 && lastError ? lastError : { errorMessage, exception };
  return { value, error: new Error(failure.errorMessage, { cause: failure.exception }) };
}

/** The members of a resource that follow from the others. */
function resourceOf<T>({
  value,
  status,
  error,
  reload,
}: Pick<FlagResource<T>, 'value' | 'status' | 'error' | 'reload'>): FlagResource<T> {
  const resource = {
    value,
    status,
    error,
    reload,
    isLoading: computed(() => status() === 'loading' || status() === 'reloading'),
    hasValue: () => status() !== 'error' && value() !== undefined,
    snapshot: computed((): ResourceSnapshot<T> => {
      const now = status();
      return now === 'error' ? { status: now, error: error()! } : { status: now, value: value() };
    }),
  };
  // What `hasValue()` tells the compiler is said by the type alone.
  return resource satisfies Omit<FlagResource<T>, 'hasValue'> as unknown as FlagResource<T>;
}

/** Fetching anew, from an injection context. Applications are not stable meanwhile. */
function injectReload(): { readonly isUnderWay: Signal<boolean>; readonly begin: () => boolean } {
  const { rawSource, zone } = injectProvided();
  const tasks = inject(PendingTasks);
  const isUnderWay = signal(false);
  // Cores and clients have it by different names.
  const source = rawSource as Partial<Record<'refresh' | 'forceRefresh', () => Promise<unknown>>>;
  const refresh = source.forceRefresh ?? source.refresh;
  return {
    isUnderWay,
    begin: () => {
      if (!refresh || isUnderWay()) return false;
      const endTask = tasks.add();
      isUnderWay.set(true);
      // It never rejects.
      void callOutside(zone, () => refresh.call(source)).then(() => {
        isUnderWay.set(false);
        endTask();
      });
      return true;
    },
  };
}
