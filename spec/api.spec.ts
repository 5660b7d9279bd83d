import '@angular/compiler';
import * as root from '../src';
import * as analytics from '../src/analytics';
import * as angular from '../src/angular';
import * as angularCore from '../src/angular/core';
import * as browser from '../src/browser';
import * as fleet from '../src/fleet';
import * as keyValue from '../src/key-value';
import * as node from '../src/node';
import * as openfeature from '../src/openfeature';
import * as openfeatureWeb from '../src/openfeature/web';
import * as opentelemetry from '../src/opentelemetry';
import * as postgres from '../src/postgres';
import * as proxyStream from '../src/proxy-stream';
import * as react from '../src/react';
import * as reactCore from '../src/react/core';
import * as redis from '../src/redis';
import * as relay from '../src/relay';
import * as server from '../src/server';
import * as testing from '../src/testing';
import * as webhook from '../src/webhook';
import * as workers from '../src/workers';

// A change of these lists is a change of what users may rely on.
describe('the exported names', () => {
  it.each([
    [
      'configcat-rx',
      root,
      [
        'EvaluationErrorCode',
        'OverrideProblem',
        'RefreshErrorCode',
        'autoPoll',
        'cacheStartingWith',
        'consoleLogger',
        'copyUser',
        'createClient',
        'createClientWithAutoPoll',
        'createClientWithLazyLoad',
        'createClientWithManualPoll',
        'createCoreFromText',
        'describeChange',
        'describeCondition',
        'exposures',
        'flagOverrides',
        'inSlices',
        'isSameEvaluation',
        'isSameUser',
        'lazyLoad',
        'manualPoll',
        'maskSdkKey',
        'pageCookies',
        'parseConfig',
        'parseFlagJson',
        'requestCookies',
        'session',
        'sharedClient',
        'snapshotOfText',
        'switchFlag',
        'toAsyncIterable',
        'version',
      ],
    ],
    [
      'configcat-rx/analytics',
      analytics,
      [
        'sendExposures',
        'toAmplitude',
        'toDatadog',
        'toGoogleAnalytics',
        'toMixpanel',
        'toPostHog',
        'toSegment',
        'toSentry',
      ],
    ],
    [
      'configcat-rx/angular',
      angular,
      [
        'CcFlag',
        'FlagPipe',
        'flagGuard',
        'flagInjectors',
        'injectAsk',
        'injectConfigCat',
        'injectFlag',
        'injectFlag$',
        'injectFlagDetails',
        'injectFlagResource',
        'injectJson',
        'provideConfigCat',
        'valuesOnly',
      ],
    ],
    [
      'configcat-rx/angular/core',
      angularCore,
      [
        'CcFlag',
        'FlagPipe',
        'flagGuard',
        'flagInjectors',
        'injectAsk',
        'injectFlag',
        'injectFlag$',
        'injectFlagDetails',
        'injectFlagResource',
        'injectJson',
        'provideConfigCat',
        'valuesOnly',
      ],
    ],
    [
      'configcat-rx/browser',
      browser,
      [
        'chromeStorageCache',
        'crossTab',
        'indexedDbCache',
        'localStorageCache',
        'queryOverrides',
        'whenOnline',
        'whileVisible',
      ],
    ],
    ['configcat-rx/key-value', keyValue, ['keyValueCache']],
    ['configcat-rx/node', node, ['fileCache', 'fileOverrides', 'proxyAgent']],
    ['configcat-rx/openfeature', openfeature, ['createProvider']],
    ['configcat-rx/openfeature/web', openfeatureWeb, ['createWebProvider']],
    ['configcat-rx/opentelemetry', opentelemetry, ['recordEvaluations', 'recordMetrics']],
    ['configcat-rx/postgres', postgres, ['postgresShared']],
    ['configcat-rx/proxy-stream', proxyStream, ['createProxyStream', 'pageReturns']],
    [
      'configcat-rx/react',
      react,
      [
        'ConfigCatProvider',
        'dehydrate',
        'flagHooks',
        'hydrate',
        'useClient',
        'useFlag',
        'useFlagDetails',
        'useFlags',
        'useJson',
        'useReady',
        'useSuspenseFlag',
      ],
    ],
    [
      'configcat-rx/react/core',
      reactCore,
      [
        'ConfigCatProvider',
        'dehydrate',
        'flagHooks',
        'hydrate',
        'useFlag',
        'useFlagDetails',
        'useFlags',
        'useJson',
        'useReady',
        'useSource',
        'useSuspenseFlag',
      ],
    ],
    ['configcat-rx/fleet', fleet, ['isLater', 'joinFleet']],
    ['configcat-rx/redis', redis, ['redisShared']],
    ['configcat-rx/relay', relay, ['createRelay']],
    ['configcat-rx/server', server, ['startConfigServer']],
    ['configcat-rx/testing', testing, ['createTestClient', 'engineContract', 'runMarbles', 'toConfigJson']],
    ['configcat-rx/webhook', webhook, ['createWebhook']],
    ['configcat-rx/workers', workers, ['workersCache']],
  ])('of %s are these', (_, entry, names) => {
    expect(Object.keys(entry).sort()).toEqual(names);
  });
});
