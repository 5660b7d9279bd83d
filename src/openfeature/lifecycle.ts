import type { EvaluationContext } from '@openfeature/core';
import { ErrorCode, GeneralError, ProviderFatalError } from '@openfeature/core';
import { BehaviorSubject, Subscription, filter, firstValueFrom, scan } from 'rxjs';
import type { ClientOptions, ConfigCatClient } from '../index.js';
import { createClient } from '../index.js';
import type { Condition, Health, ProviderEvent } from './health.js';
import { errorOf, eventOf, nextHealth, unknownHealth } from './health.js';

/** What providers do apart from evaluating, alike for both SDKs. */
export interface Lifecycle {
  readonly client: ConfigCatClient;
  readonly condition: () => Condition;
  readonly initialize: (context?: EvaluationContext) => Promise<void>;
  readonly onClose: () => Promise<void>;
  /** Tells once more what does not go well, because the SDK has just called the provider ready by itself. */
  readonly remind: () => void;
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
  let health$ = new BehaviorSubject(unknownHealth);
  let links = new Subscription();
  let told: ProviderEvent = { type: 'Ready' };

  const tell = () => {
    const event = eventOf(health$.value);
    if (!event || (event.type === told.type && event.errorCode === told.errorCode)) return;
    told = event;
    emit(event);
  };
  const listen = (outcome: ProviderEvent) => {
    if (links.closed) return;
    told = outcome;
    links.add(health$.subscribe(tell));
    links.add(
      client.changes$.subscribe(({ flags }) => {
        emit({ type: 'ConfigurationChanged', flagsChanged: flags.map(({ key }) => key) });
      }),
    );
  };
  const connect = () => {
    const next$ = new BehaviorSubject(unknownHealth);
    health$ = next$;
    links = client.status$.pipe(scan(nextHealth, unknownHealth)).subscribe(next$);
    links.add(() => {
      next$.complete();
    });
    return next$;
  };

  return {
    client,
    condition: () => health$.value.condition,
    initialize: () => {
      const started = start(client, connect());
      // The SDK announces this outcome itself, one step later than it is known here. Only what follows is left to tell.
      void started
        .then(
          (): ProviderEvent => ({ type: 'Ready' }),
          (): ProviderEvent => errorOf(health$.value.status),
        )
        .then(listen);
      return started;
    },
    onClose: () => {
      links.unsubscribe();
      if (client !== given) client.dispose();
      return Promise.resolve();
    },
    remind: () => {
      queueMicrotask(() => {
        if (links.closed) return;
        told = { type: 'Ready' };
        tell();
      });
    },
  };
}

/** Waits for flags, however slow the server is. Fails when there are none and nothing is on its way. */
async function start(client: ConfigCatClient, health$: BehaviorSubject<Health>): Promise<void> {
  // A read, so that lazy loading fetches.
  await client.getSnapshot();
  const settled$ = health$.pipe(filter(({ condition, status }) => condition !== 'pending' || !status?.isFetching));
  const health = await firstValueFrom(settled$, { defaultValue: unknownHealth });
  if (health.condition !== 'pending' && health.condition !== 'failed') return;
  const { message, errorCode } = errorOf(health.status);
  throw errorCode === ErrorCode.PROVIDER_FATAL ? new ProviderFatalError(message) : new GeneralError(message);
}
