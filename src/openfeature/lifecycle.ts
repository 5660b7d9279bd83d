import type { EvaluationContext } from '@openfeature/core';
import { ErrorCode, GeneralError, ProviderFatalError } from '@openfeature/core';
import { BehaviorSubject, Subscription, filter, firstValueFrom, scan } from 'rxjs';
import type { ClientOptions, ConfigCatClient } from '../index.js';
import { createClient } from '../index.js';
import type { FlagsCondition, ProviderState, ProviderEvent } from './provider-state.js';
import { errorOf, eventOf, nextState, initialState } from './provider-state.js';

/** The part of a provider that does not evaluate, alike for both SDKs. */
export interface Lifecycle {
  readonly client: ConfigCatClient;
  readonly condition: () => FlagsCondition;
  readonly initialize: (context?: EvaluationContext) => Promise<void>;
  readonly onClose: () => Promise<void>;
  /** Emits the current event again unless it is `Ready`, after the SDK has declared the provider ready by itself. */
  readonly repeat: () => void;
}

/**
 * Follows a client that is given, or one that it creates for an SDK key and disposes in the end.
 *
 * @param emit - sends an event to the SDK.
 */
export function createLifecycle(
  given: ConfigCatClient | string,
  options: ClientOptions | undefined,
  emit: (event: ProviderEvent) => void,
): Lifecycle {
  const client = typeof given === 'string' ? createClient(given, options) : given;
  let state$ = new BehaviorSubject(initialState);
  let subscriptions = new Subscription();
  let lastEvent: ProviderEvent = { type: 'Ready' };

  const emitIfChanged = () => {
    const event = eventOf(state$.value);
    if (!event || (event.type === lastEvent.type && event.errorCode === lastEvent.errorCode)) return;
    lastEvent = event;
    emit(event);
  };
  const follow = (initialEvent: ProviderEvent) => {
    if (subscriptions.closed) return;
    lastEvent = initialEvent;
    subscriptions.add(state$.subscribe(emitIfChanged));
    subscriptions.add(
      client.changes$.subscribe(({ flags }) => {
        emit({ type: 'ConfigurationChanged', flagsChanged: flags.map(({ key }) => key) });
      }),
    );
  };
  const connect = () => {
    const next$ = new BehaviorSubject(initialState);
    state$ = next$;
    subscriptions = client.status$.pipe(scan(nextState, initialState)).subscribe(next$);
    subscriptions.add(() => {
      next$.complete();
    });
    return next$;
  };

  return {
    client,
    condition: () => state$.value.condition,
    initialize: () => {
      const ready = waitForFlags(client, connect());
      // The SDK emits the first event itself, one step later than it is known here; the provider emits only those that follow.
      void ready
        .then(
          (): ProviderEvent => ({ type: 'Ready' }),
          (): ProviderEvent => errorOf(state$.value.status),
        )
        .then(follow);
      return ready;
    },
    onClose: () => {
      subscriptions.unsubscribe();
      if (client !== given) client.dispose();
      return Promise.resolve();
    },
    repeat: () => {
      queueMicrotask(() => {
        if (subscriptions.closed) return;
        lastEvent = { type: 'Ready' };
        emitIfChanged();
      });
    },
  };
}

/** Waits for flags, however slow the server is. Rejects when there are none and no fetch is under way. */
async function waitForFlags(client: ConfigCatClient, state$: BehaviorSubject<ProviderState>): Promise<void> {
  // A read, so that lazy loading fetches.
  await client.getSnapshot();
  const settled$ = state$.pipe(filter(({ condition, status }) => condition !== 'pending' || !status?.isFetching));
  const state = await firstValueFrom(settled$, { defaultValue: initialState });
  if (state.condition !== 'pending' && state.condition !== 'failed') return;
  const { message, errorCode } = errorOf(state.status);
  throw errorCode === ErrorCode.PROVIDER_FATAL ? new ProviderFatalError(message) : new GeneralError(message);
}
