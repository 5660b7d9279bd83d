import type { EvaluationContext, EvaluationDetails, HookContext, JsonValue, Logger } from '@openfeature/core';
import type { Hook as ServerHook } from '@openfeature/server-sdk';
import {
  AsyncLocalStorageTransactionContextPropagator,
  OpenFeature as ServerApi,
  ProviderEvents as ServerEvents,
} from '@openfeature/server-sdk';
import { OpenFeature as WebApi, ProviderEvents as WebEvents } from '@openfeature/web-sdk';
import type { ConfigCatClient } from '../../src';
import { createProvider } from '../../src/openfeature';
import { createWebProvider } from '../../src/openfeature/web';

export type FlagType = 'Boolean' | 'String' | 'Number' | 'Object';
export type Details = EvaluationDetails<JsonValue>;
export type EventName = 'Ready' | 'Error' | 'Stale' | 'ConfigurationChanged';

/** Told of the stages of evaluations, with the details where there are any. What it answers before them is context. */
export type HookRecorder = (
  stage: 'before' | 'after' | 'error' | 'finally',
  details?: Details,
  context?: Readonly<HookContext>,
) => unknown;

export interface EvaluationRequest {
  readonly type: FlagType;
  readonly key: string;
  readonly defaultValue: JsonValue;
  readonly context?: EvaluationContext;
  readonly transactionContext?: EvaluationContext;
  readonly hooks?: readonly HookRecorder[];
}

/** One of the two SDKs, as far as specs need it, and a provider for it. */
export interface Sdk {
  readonly name: 'server' | 'web';
  /** Settles when the provider is ready or has failed. */
  readonly install: (client: ConfigCatClient) => Promise<void>;
  readonly status: () => string;
  readonly listen: (event: EventName, handler: (details: object) => void) => void;
  readonly setContext: (context: EvaluationContext) => Promise<void>;
  /** The web SDK has no such context. */
  readonly setClientContext: (context: EvaluationContext) => void;
  readonly evaluate: (request: EvaluationRequest) => Promise<Details>;
  /** Closes providers and forgets everything else. */
  readonly reset: () => Promise<void>;
}

const quiet: Logger = { error: () => 0, warn: () => 0, info: () => 0, debug: () => 0 };

function toHook(record: HookRecorder) {
  return {
    before: () => record('before') as EvaluationContext | undefined,
    after: (_: unknown, details: Details) => {
      record('after', details);
    },
    error: () => {
      record('error');
    },
    finally: (context: Readonly<HookContext>, details: Details) => {
      record('finally', details, context);
    },
  } satisfies ServerHook;
}

let clientContext: EvaluationContext = {};

const server: Sdk = {
  name: 'server',
  install: (client) => ServerApi.setLogger(quiet).setProviderAndWait(createProvider(client)),
  status: () => ServerApi.getClient().providerStatus,
  listen: (event, handler) => {
    ServerApi.addHandler(ServerEvents[event] as ServerEvents.Ready, (details = { providerName: '' }) => {
      handler(details);
    });
  },
  setContext: (context) => Promise.resolve(void ServerApi.setContext(context)),
  setClientContext: (context) => {
    clientContext = context;
  },
  evaluate: ({ type, key, defaultValue, context = {}, transactionContext = {}, hooks = [] }) => {
    const client = ServerApi.getClient().setContext(clientContext);
    const options = { hooks: hooks.map(toHook) };
    const evaluate = (): Promise<Details> => {
      switch (type) {
        case 'Boolean':
          return client.getBooleanDetails(key, defaultValue as boolean, context, options);
        case 'String':
          return client.getStringDetails(key, defaultValue as string, context, options);
        case 'Number':
          return client.getNumberDetails(key, defaultValue as number, context, options);
        case 'Object':
          return client.getObjectDetails(key, defaultValue, context, options);
      }
    };
    return new Promise((resolve, reject) => {
      ServerApi.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator());
      ServerApi.setTransactionContext(transactionContext, () => {
        evaluate().then(resolve, reject);
      });
    });
  },
  reset: async () => {
    await ServerApi.clearProviders();
    ServerApi.clearHandlers();
    ServerApi.setContext({});
    clientContext = {};
  },
};

const web: Sdk = {
  name: 'web',
  install: (client) => WebApi.setLogger(quiet).setProviderAndWait(createWebProvider(client)),
  status: () => WebApi.getClient().providerStatus,
  listen: (event, handler) => {
    WebApi.addHandler(WebEvents[event] as WebEvents.Ready, (details = { providerName: '' }) => {
      handler(details);
    });
  },
  setContext: (context) => WebApi.setContext(context),
  setClientContext: () => undefined,
  evaluate: async ({ type, key, defaultValue, context, hooks = [] }) => {
    const client = WebApi.getClient();
    const options = { hooks: hooks.map(toHook) };
    // The web SDK has no context per evaluation.
    if (context) await WebApi.setContext(context);
    switch (type) {
      case 'Boolean':
        return client.getBooleanDetails(key, defaultValue as boolean, options);
      case 'String':
        return client.getStringDetails(key, defaultValue as string, options);
      case 'Number':
        return client.getNumberDetails(key, defaultValue as number, options);
      case 'Object':
        return client.getObjectDetails(key, defaultValue, options);
    }
  },
  reset: async () => {
    await WebApi.clearProviders();
    await WebApi.clearContexts();
    WebApi.clearHandlers();
  },
};

export const sdks: readonly Sdk[] = [server, web];
