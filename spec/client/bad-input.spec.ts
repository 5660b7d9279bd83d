import type { ClientOptions, ConfigCatClient } from '../../src/index';
import {
  autoPoll,
  createClient,
  createClientWithAutoPoll,
  createClientWithLazyLoad,
  createClientWithManualPoll,
  flagOverrides,
  lazyLoad,
  manualPoll,
  maskSdkKey,
} from '../../src/index';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const none = () => undefined;
/** What a polling mode may be mistaken for. */
const notMadeByUs = [
  ...[
    'auto',
    0,
    {},
    [],
    autoPoll,
    new (class AutoPoll {
      readonly name = 'auto';
    })(),
    { name: 'auto' },
    { name: 'lazy', rounds: none },
  ],
  ...[{ polling: autoPoll() }, flagOverrides({}), [autoPoll()]],
];
const blanks = ', with blanks around it or line breaks in it';

type ErrorType = new (message: string) => Error;

/** Runs what must throw at once, and gives the error as its type and message. */
function thrownBy(act: () => unknown): { type: unknown; message: string } {
  try {
    act();
  } catch (error) {
    return { type: (error as Error).constructor, message: (error as Error).message };
  }
  throw new Error('Nothing was thrown.');
}

function error(type: ErrorType, message: string) {
  return { type, message };
}

const wrongType = (culprit: string, expected: string, got: string) =>
  error(TypeError, `Invalid ${culprit} Expected a value of type ${expected}, got ${got}.`);

describe('createClient', () => {
  const clients: ConfigCatClient[] = [];

  afterEach(() => {
    for (const client of clients.splice(0)) client.dispose();
  });

  /** Creates a client without network, of any key and with any options. */
  const create = (key: unknown, options: object = {}) => {
    const given = { polling: manualPoll(), logFilter: () => false, ...options } as ClientOptions;
    clients.push(createClient(key as string, given));
  };

  describe('sdkKey', () => {
    it.each<[unknown, string]>([
      [undefined, 'undefined'],
      [null, 'null'],
      [42, 'number'],
      [true, 'boolean'],
      [{}, 'object'],
      [[sdkKey], 'array'],
      [none, 'function'],
    ])('refuses %p by its type', (key, type) => {
      expect(thrownBy(() => create(key))).toEqual(wrongType('argument `sdkKey`.', 'string', type));
    });

    it('refuses an empty string', () => {
      expect(thrownBy(() => create(''))).toEqual(
        error(Error, 'Invalid argument `sdkKey`. Expected a non-empty string.'),
      );
    });

    it.each([
      'wrong',
      ' ',
      '/',
      '123456789012345678901/1234567890123456789012',
      '1234567890123456789012/12345678901234567890123',
      '1234567890123456789012/1234567890123456789012/',
      'configcat-sdk-1/1234567890123456789012',
      'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstu',
      'configcat-sdk-2/1234567890123456789012/abcdefghijklmnopqrstuv',
      'ConfigCat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv',
      `${sdkKey}/`,
      `/${sdkKey}`,
      `${sdkKey}\n`,
      'configcat-proxy/my-sdk',
    ])('refuses %p by its form', (key) => {
      expect(thrownBy(() => create(key))).toEqual(
        error(
          Error,
          `Invalid argument \`sdkKey\`. Expected a string matching the SDK Key format, got '${maskSdkKey(key)}'${key.trim() === key ? '' : blanks}.`,
        ),
      );
    });

    it.each(['configcat-proxy', 'configcat-proxy/', 'configcat-Proxy/my-sdk', 'my-sdk', `${sdkKey}/`])(
      'refuses %p beside a base URL too',
      (key) => {
        expect(thrownBy(() => create(key, { baseUrl: 'http://127.0.0.1:1' }))).toEqual(
          error(
            Error,
            `Invalid argument \`sdkKey\`. Expected a string matching the SDK Key format, got '${maskSdkKey(key)}'${key.trim() === key ? '' : blanks}.`,
          ),
        );
      },
    );

    it.each(['configcat-proxy/my-sdk', 'configcat-proxy/a/b', 'configcat-proxy/a b'])(
      'accepts %p beside a base URL',
      (key) => {
        expect(() => create(key, { baseUrl: 'http://127.0.0.1:1' })).not.toThrow();
      },
    );

    it.each([
      ...[' ', '\t', '\n', '\r\n', '\u00a0', '\ufeff'].flatMap((blank) => [`${blank}${sdkKey}`, `${sdkKey}${blank}`]),
      // As long as a key is.
      `${sdkKey.slice(0, -1)}\n`,
      `${sdkKey.slice(0, -5)}\n${sdkKey.slice(-4)}`,
      `configcat-sdk-1/${'a'.repeat(21)}\r/${'b'.repeat(22)}`,
      ` ${sdkKey.slice(17)}`,
    ])('refuses %j, says that there are blanks, and does not show it', (key) => {
      const { type, message } = thrownBy(() => create(key, { baseUrl: 'http://127.0.0.1:1' }));
      expect([type, message.endsWith(`${blanks}.`)]).toEqual([Error, true]);
      expect(message).not.toContain(sdkKey.slice(17, 30));
      expect(message).not.toContain(sdkKey.slice(-12));
    });

    it.each([
      sdkKey,
      '1234567890123456789012/1234567890123456789012',
      `configcat-sdk-1/${' '.repeat(22)}/${'é'.repeat(22)}`,
      `configcat-sdk-1/${'👋'.repeat(11)}/${'?'.repeat(22)}`,
    ])('accepts %p, as only lengths count', (key) => {
      expect(() => create(key)).not.toThrow();
    });
  });

  describe('options', () => {
    it.each<[string, unknown, ReturnType<typeof error>]>([
      ['requestTimeoutMs', 0, error(RangeError, 'Expected a value above 0 and up to 2147483647, got 0.')],
      ['requestTimeoutMs', -1, error(RangeError, 'Expected a value above 0 and up to 2147483647, got -1.')],
      ['requestTimeoutMs', NaN, error(RangeError, 'Expected a value above 0 and up to 2147483647, got NaN.')],
      [
        'requestTimeoutMs',
        2 ** 31,
        error(RangeError, 'Expected a value above 0 and up to 2147483647, got 2147483648.'),
      ],
      ['requestTimeoutMs', Infinity, error(RangeError, 'Expected a value above 0 and up to 2147483647, got Infinity.')],
      ['maxConfigBytes', 0, error(RangeError, 'Expected a value between 1 and 2147483647, got 0.')],
      ['maxConfigBytes', NaN, error(RangeError, 'Expected a value between 1 and 2147483647, got NaN.')],
      ['maxConfigBytes', Infinity, error(RangeError, 'Expected a value between 1 and 2147483647, got Infinity.')],
      ['maxConfigBytes', '1e6', error(TypeError, 'Expected a value of type number, got string.')],
      ['agent', 'http://proxy.example', error(TypeError, 'Expected a value of type object, got string.')],
      ['agent', false, error(TypeError, 'Expected a value of type object, got boolean.')],
      ['agent', {}, error(TypeError, 'Expected an object with method `addRequest`.')],
      ...[
        'localhost:8080',
        'cdn.example.com',
        '//cdn.example.com',
        '/flags',
        'ftp://cdn.example.com',
        'http:/cdn.example.com',
        'http:cdn.example.com',
        'https://',
        'https:///flags',
        'https://?flags',
        'https://:8080',
        'https://cdn example.com',
        'https://cdn.example.com:port',
        'https://[::1',
        ' https://cdn.example.com',
        'blob:https://cdn.example.com',
        'file:///flags',
        'https://kate:secret@',
      ].map((baseUrl): [string, unknown, ReturnType<typeof error>] => [
        'baseUrl',
        baseUrl,
        error(Error, 'Expected a URL with the protocol http: or https:.'),
      ]),
      ['requestTimeoutMs', '200', error(TypeError, 'Expected a value of type number, got string.')],
      ['requestTimeoutMs', {}, error(TypeError, 'Expected a value of type number, got object.')],
      ['logLevel', 'verbose', error(RangeError, 'Expected one of off, error, warn, info, debug, got verbose.')],
      ['logLevel', 'WARN', error(RangeError, 'Expected one of off, error, warn, info, debug, got WARN.')],
      ['logLevel', '', error(RangeError, 'Expected one of off, error, warn, info, debug, got .')],
      ['logLevel', 3, error(RangeError, 'Expected one of off, error, warn, info, debug, got 3.')],
      ['dataGovernance', 'us', error(RangeError, 'Expected one of global, eu, got us.')],
      ['dataGovernance', 1, error(RangeError, 'Expected one of global, eu, got 1.')],
      ['dataGovernance', 'toString', error(RangeError, 'Expected one of global, eu, got toString.')],
      ['initial', 'later', error(RangeError, 'Expected one of wait, cached, default, got later.')],
      ['initial', true, error(RangeError, 'Expected one of wait, cached, default, got true.')],
      ['baseUrl', '', error(Error, 'Expected a non-empty string.')],
      ['baseUrl', 80, error(TypeError, 'Expected a value of type string, got number.')],
      ['cache', {}, error(TypeError, 'Expected an object with method `get`.')],
      ['cache', { get: none }, error(TypeError, 'Expected an object with method `set`.')],
      ['cache', { get: none, set: 'set' }, error(TypeError, 'Expected an object with method `set`.')],
      ['cache', 'memory', error(TypeError, 'Expected a value of type object, got string.')],
      ['cache', false, error(TypeError, 'Expected a value of type object, got boolean.')],
      ['cache', [], error(TypeError, 'Expected a value of type object, got array.')],
      ['logger', {}, error(TypeError, 'Expected an object with method `log`.')],
      ['logger', { log: true }, error(TypeError, 'Expected an object with method `log`.')],
      ['logger', none, error(TypeError, 'Expected a value of type object, got function.')],
      ['logFilter', {}, error(TypeError, 'Expected a value of type function, got object.')],
      ['fetch', {}, error(TypeError, 'Expected a value of type function, got object.')],
      ['fetch', 'https://example.com', error(TypeError, 'Expected a value of type function, got string.')],
      ['fetch', false, error(TypeError, 'Expected a value of type function, got boolean.')],
      ['onConfigChanged', 'log', error(TypeError, 'Expected a value of type function, got string.')],
      ['defaultUser', 'kate', error(TypeError, 'Expected a value of type object, got string.')],
      ['defaultUser', 42, error(TypeError, 'Expected a value of type object, got number.')],
      ['defaultUser', '', error(TypeError, 'Expected a value of type object, got string.')],
      ['defaultUser', 0, error(TypeError, 'Expected a value of type object, got number.')],
      ['defaultUser', [], error(TypeError, 'Expected a value of type object, got array.')],
      ['defaultUser', none, error(TypeError, 'Expected a value of type object, got function.')],
      ['offline', 'yes', error(TypeError, 'Expected a value of type boolean, got string.')],
      ['offline', 0, error(TypeError, 'Expected a value of type boolean, got number.')],
      ['refreshOn$', none, error(TypeError, 'Expected a value of type object, got function.')],
      ['refreshOn$', {}, error(TypeError, 'Expected an object with method `subscribe`.')],
      ['random', 0.5, error(TypeError, 'Expected a value of type function, got number.')],
      ['scheduler', {}, error(TypeError, 'Expected an object with method `now`.')],
      ['scheduler', { now: none }, error(TypeError, 'Expected an object with method `schedule`.')],
      ...notMadeByUs.map((polling): [string, unknown, ReturnType<typeof error>] => [
        'polling',
        polling,
        error(TypeError, 'Expected what autoPoll(), lazyLoad() or manualPoll() gives.'),
      ]),
    ])('refuses %s: %p', (name, value, { type, message }) => {
      expect(thrownBy(() => create(sdkKey, { [name]: value }))).toEqual(
        error(type, `Invalid property \`options.${name}\`. ${message}`),
      );
    });

    it.each<[unknown, string]>([
      [null, 'null'],
      ['lazy', 'string'],
      [[], 'array'],
    ])('refuses %p in place of an object', (options, type) => {
      expect(thrownBy(() => createClient(sdkKey, options as ClientOptions))).toEqual(
        wrongType('argument `options`.', 'object', type),
      );
    });

    it.each([Number.MIN_VALUE, 0.5, 30_000, 2 ** 31 - 1])('accept a requestTimeoutMs of %p', (requestTimeoutMs) => {
      expect(() => create(sdkKey, { requestTimeoutMs })).not.toThrow();
    });

    it.each([
      'http://localhost:8080',
      'HTTPS://cdn.example.com',
      'https://kate:secret@cdn.example.com/a/b/',
      'http://[::1]:8080/?a#b',
      'http://127.1',
      'https://münchen.example',
    ])('accept the base URL %p', (baseUrl) => {
      expect(() => create(sdkKey, { baseUrl })).not.toThrow();
    });

    it('refuse an agent beside a function of the Fetch API, which would pass it by', () => {
      expect(thrownBy(() => create(sdkKey, { agent: () => undefined, fetch }))).toEqual(
        error(
          TypeError,
          'Invalid property `options.agent`. It has no effect beside `options.fetch`: give one of them.',
        ),
      );
    });

    it.each([
      'cache',
      'agent',
      'maxConfigBytes',
      'defaultUser',
      'scheduler',
      'logFilter',
      'fetch',
      'onConfigChanged',
      'requestTimeoutMs',
      'logLevel',
      'logger',
      'dataGovernance',
      'initial',
      'baseUrl',
      'offline',
      'refreshOn$',
      'random',
    ])('take null for %s as its absence', (name) => {
      for (const absent of [undefined, null]) {
        expect(() => create(sdkKey, { logLevel: 'off', [name]: absent })).not.toThrow();
      }
    });
  });

  it('refuses a cache whose changes$ is no stream', () => {
    expect(thrownBy(() => create(sdkKey, { cache: { get: none, set: none, changes$: {} } }))).toEqual(
      error(TypeError, 'Invalid property `options.cache.changes$`. Expected an object with method `subscribe`.'),
    );
  });

  it('leaves no live client behind when it throws', () => {
    const messages: string[] = [];
    const logger = { log: (_level: unknown, _id: unknown, message: string) => messages.push(message) };
    expect(() => create(sdkKey, { logger, requestTimeoutMs: 0 })).toThrow(RangeError);
    create(sdkKey, { logger, logFilter: () => true });
    expect(messages).toEqual([]);
  });
});

describe('polling options', () => {
  type Create = (options: object) => ConfigCatClient;
  const modes: Record<string, readonly [option: string, create: Create, mode: (options: object) => unknown]> = {
    interval: ['pollIntervalSeconds', (options) => createClientWithAutoPoll(sdkKey, options), autoPoll],
    initWait: ['maxInitWaitTimeSeconds', (options) => createClientWithAutoPoll(sdkKey, options), autoPoll],
    firstDelay: ['maxFirstPollDelaySeconds', (options) => createClientWithAutoPoll(sdkKey, options), autoPoll],
    gate: ['pollWhile$', (options) => createClientWithAutoPoll(sdkKey, options), autoPoll],
    timeToLive: ['cacheTimeToLiveSeconds', (options) => createClientWithLazyLoad(sdkKey, options), lazyLoad],
  };

  it.each<[keyof typeof modes, unknown, ReturnType<typeof error>]>([
    ['interval', 0, error(RangeError, 'Expected a value between 1 and 2147483, got 0.')],
    ['interval', -60, error(RangeError, 'Expected a value between 1 and 2147483, got -60.')],
    ['interval', 0.999, error(RangeError, 'Expected a value between 1 and 2147483, got 0.999.')],
    ['interval', NaN, error(RangeError, 'Expected a value between 1 and 2147483, got NaN.')],
    ['interval', Infinity, error(RangeError, 'Expected a value between 1 and 2147483, got Infinity.')],
    ['interval', 2147484, error(RangeError, 'Expected a value between 1 and 2147483, got 2147484.')],
    ['interval', '60', error(TypeError, 'Expected a value of type number, got string.')],
    ['interval', [60], error(TypeError, 'Expected a value of type number, got array.')],
    ['initWait', NaN, error(RangeError, 'Expected a value less than or equal to 2147483, got NaN.')],
    ['initWait', Infinity, error(RangeError, 'Expected a value less than or equal to 2147483, got Infinity.')],
    ['initWait', 2147484, error(RangeError, 'Expected a value less than or equal to 2147483, got 2147484.')],
    ['initWait', '5', error(TypeError, 'Expected a value of type number, got string.')],
    ['firstDelay', -1, error(RangeError, 'Expected a value between 0 and 2147483, got -1.')],
    ['firstDelay', NaN, error(RangeError, 'Expected a value between 0 and 2147483, got NaN.')],
    ['firstDelay', '1', error(TypeError, 'Expected a value of type number, got string.')],
    ['gate', true, error(TypeError, 'Expected a value of type object, got boolean.')],
    ['gate', {}, error(TypeError, 'Expected an object with method `subscribe`.')],
    ['timeToLive', 0, error(RangeError, 'Expected a value between 1 and 2147483647, got 0.')],
    ['timeToLive', -1, error(RangeError, 'Expected a value between 1 and 2147483647, got -1.')],
    ['timeToLive', NaN, error(RangeError, 'Expected a value between 1 and 2147483647, got NaN.')],
    ['timeToLive', 2147483648, error(RangeError, 'Expected a value between 1 and 2147483647, got 2147483648.')],
    ['timeToLive', true, error(TypeError, 'Expected a value of type number, got boolean.')],
  ])('refuse %s: %p', (kind, value, { type, message }) => {
    const [option, create, mode] = modes[kind]!;
    const expected = error(type, `Invalid property \`options.${option}\`. ${message}`);
    expect(thrownBy(() => create({ [option]: value }))).toEqual(expected);
    expect(thrownBy(() => mode({ [option]: value }))).toEqual(expected);
  });

  it.each<[keyof typeof modes, number | null | undefined]>([
    ['interval', 1],
    ['interval', 1.5],
    ['interval', 2147483],
    ['interval', undefined],
    ['interval', null],
    ['initWait', 0],
    ['initWait', -1],
    ['initWait', -Infinity],
    ['initWait', 2147483],
    ['initWait', null],
    ['firstDelay', 0],
    ['firstDelay', 2147483],
    ['firstDelay', null],
    ['gate', null],
    ['timeToLive', 1],
    ['timeToLive', 2147483647],
    ['timeToLive', null],
  ])('accept %s: %p', (kind, value) => {
    const [option, , mode] = modes[kind]!;
    expect(() => mode({ [option]: value })).not.toThrow();
  });

  it('go unchecked when they belong to another mode', () => {
    const options = { pollIntervalSeconds: -1, cacheTimeToLiveSeconds: 'soon' };
    const client = createClientWithManualPoll(sdkKey, options as object);
    expect(() => {
      client.dispose();
    }).not.toThrow();
  });
});

describe('reading', () => {
  let client: ConfigCatClient;
  const log: string[] = [];

  beforeEach(() => {
    log.length = 0;
    client = createClient(sdkKey, {
      polling: manualPoll(),
      logger: { log: (_level, eventId, message) => log.push(`${eventId} ${message}`) },
    });
  });

  afterEach(() => {
    client.dispose();
  });

  /** The ways to evaluate one flag, of arguments that the types would not let pass. */
  type Read = (key: unknown, defaultValue: unknown, user?: unknown) => unknown;
  const reads: Record<string, Read> = {
    'flag$()': (...args) => (client.flag$ as Read)(...args),
    'flagDetails$()': (...args) => (client.flagDetails$ as Read)(...args),
    'flagState$()': (...args) => (client.flagState$ as Read)(...args),
    'getValue()': (...args) => (client.getValue as Read)(...args),
    'getValueDetails()': (...args) => (client.getValueDetails as Read)(...args),
    'snapshot().value()': (...args) => (client.snapshot().value as Read)(...args),
    'snapshot().details()': (...args) => (client.snapshot().details as Read)(...args),
  };

  const forbiddenDefault = error(
    TypeError,
    'Invalid argument `defaultValue`. The default value must be boolean, number, string, null or undefined.',
  );

  describe.each(Object.keys(reads))('by %s', (name) => {
    const read = reads[name]!;

    it.each<[unknown, string]>([
      [undefined, 'undefined'],
      [null, 'null'],
      [42, 'number'],
      [false, 'boolean'],
      [{}, 'object'],
      [['key'], 'array'],
      [Symbol('key'), 'symbol'],
    ])('refuses the key %p', (key, type) => {
      expect(thrownBy(() => read(key, false))).toEqual(wrongType('argument `key`.', 'string', type));
    });

    it('refuses an empty key', () => {
      expect(thrownBy(() => read('', false))).toEqual(
        error(Error, 'Invalid argument `key`. Expected a non-empty string.'),
      );
    });

    it.each<[string, unknown]>([
      ['a function', none],
      ['a symbol', Symbol('default')],
      ['a bigint', 10n],
    ])('refuses %s as default value', (_, defaultValue) => {
      expect(thrownBy(() => read('key', defaultValue))).toEqual(forbiddenDefault);
    });

    it.each<[unknown, string]>([
      ['kate', 'string'],
      [42, 'number'],
      [true, 'boolean'],
      [none, 'function'],
      [[], 'array'],
    ])('refuses the user %p', (user, type) => {
      expect(thrownBy(() => read('key', false, user))).toEqual(wrongType('argument `user`.', 'object', type));
    });

    it('refuses the user before anything else happens', () => {
      expect(() => read('key', false, 'kate')).toThrow();
      expect(log).toEqual([]);
    });
  });

  it.each(Object.keys(reads).filter((name) => name !== 'flag$()'))('by %s refuses objects as default', (name) => {
    for (const defaultValue of [{}, [], new Date(0), /x/]) {
      expect(thrownBy(() => reads[name]!('key', defaultValue))).toEqual(forbiddenDefault);
    }
  });

  it('by flag$() takes an object in the place of the default value for the user', () => {
    const read = reads['flag$()']!;
    expect(() => read('key', { identifier: '42' })).not.toThrow();
    expect(thrownBy(() => read('key', []))).toEqual(wrongType('argument `user`.', 'object', 'array'));
  });

  it('by flag$() refuses an object as default when a user follows', () => {
    expect(thrownBy(() => reads['flag$()']!('key', { a: 1 }, { identifier: '42' }))).toEqual(forbiddenDefault);
  });

  it.each([false, 0, NaN, '', null, undefined])('accepts the default value %p', async (defaultValue) => {
    expect(await client.getValue('key', defaultValue)).toBe(defaultValue);
    expect(client.snapshot().value('key', defaultValue)).toBe(defaultValue);
  });

  it.each(['flag$()', 'flagDetails$()'])('by %s refuses an unknown initial policy', (name) => {
    const read = reads[name] as (...args: unknown[]) => unknown;
    expect(thrownBy(() => read('key', false, undefined, { initial: 'soon' }))).toEqual(
      error(RangeError, 'Invalid property `options.initial`. Expected one of wait, cached, default, got soon.'),
    );
  });

  it.each<[string, (user: never) => unknown]>([
    ['getAllValues()', (user) => client.getAllValues(user)],
    ['getAllValueDetails()', (user) => client.getAllValueDetails(user)],
    ['snapshot().values()', (user) => client.snapshot().values(user)],
  ])('by %s refuses a user that is no object', (_, read) => {
    for (const [user, type] of [
      ['kate', 'string'],
      [[], 'array'],
      [1, 'number'],
    ]) {
      expect(thrownBy(() => read(user as never))).toEqual(wrongType('argument `user`.', 'object', type as string));
    }
  });

  it.each<[string, (id: never) => unknown]>([
    ['getKeyAndValue()', (id) => client.getKeyAndValue(id)],
    ['snapshot().keyAndValue()', (id) => client.snapshot().keyAndValue(id)],
  ])('by %s refuses a variation ID that is empty or no string', (_, read) => {
    expect(thrownBy(() => read('' as never))).toEqual(
      error(Error, 'Invalid argument `variationId`. Expected a non-empty string.'),
    );
    expect(thrownBy(() => read(null as never))).toEqual(wrongType('argument `variationId`.', 'string', 'null'));
    expect(thrownBy(() => read(7 as never))).toEqual(wrongType('argument `variationId`.', 'string', 'number'));
  });
});

describe('setDefaultUser', () => {
  let client: ConfigCatClient;

  beforeEach(() => {
    client = createClientWithManualPoll(sdkKey);
  });

  afterEach(() => {
    client.dispose();
  });

  it.each<[unknown, string]>([
    [null, 'null'],
    [undefined, 'undefined'],
    ['kate', 'string'],
    [[], 'array'],
    [none, 'function'],
  ])('refuses %p', (user, type) => {
    expect(
      thrownBy(() => {
        client.setDefaultUser(user as never);
      }),
    ).toEqual(wrongType('argument `user`.', 'object', type));
  });
});

describe('an option that nobody knows', () => {
  it.each<[string, () => unknown, string]>([
    [
      'is told with the name that is nearest',
      () => createClient(sdkKey, { logLevl: 'off' } as never),
      'Invalid property `options.logLevl`. There is none of this name; `logLevel` is nearest.',
    ],
    [
      'is told with the option of the polling mode that is nearest',
      () => createClient(sdkKey, { pollIntervallSeconds: 5 } as never),
      'Invalid property `options.pollIntervallSeconds`. There is none of this name; `pollIntervalSeconds` is nearest.',
    ],
    [
      'of the polling mode is told with its place',
      () => createClient(sdkKey, { pollIntervalSeconds: 5 } as never),
      'Invalid property `options.pollIntervalSeconds`. It is an option of the polling mode: ' +
        '`polling: autoPoll({ pollIntervalSeconds: … })`.',
    ],
    [
      'of lazy loading, too',
      () => createClient(sdkKey, { polling: lazyLoad(), cacheTimeToLiveSeconds: 5 } as never),
      'Invalid property `options.cacheTimeToLiveSeconds`. It is an option of the polling mode: ' +
        '`polling: lazyLoad({ cacheTimeToLiveSeconds: … })`.',
    ],
    [
      'is noticed inside of the polling mode',
      () => createClient(sdkKey, { polling: autoPoll({ pollIntervallSeconds: 5 } as never) }),
      'Invalid property `options.polling.pollIntervallSeconds`. There is none of this name; ' +
        '`pollIntervalSeconds` is nearest.',
    ],
    [
      'is noticed beside options of the mode',
      () => createClientWithAutoPoll(sdkKey, { pollIntervalSeconds: 5, sdkKey: 'x' } as never),
      'Invalid property `options.sdkKey`. There is none of this name; `hold` is nearest.',
    ],
    [
      'may have any name',
      () => createClientWithLazyLoad(sdkKey, JSON.parse('{"__proto__": 1}') as never),
      'Invalid property `options.__proto__`. There is none of this name;',
    ],
    [
      'may be as long as it likes',
      () => createClientWithManualPoll(sdkKey, { ['x'.repeat(100_000)]: 1 }),
      'Invalid property `options.xxx',
    ],
  ])('%s', (_, create, message) => {
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });

  it('is nothing where it is undefined or null', () => {
    const options = { pollInterval: undefined, other: null, logLevel: 'off' } as never;
    expect(() => createClientWithManualPoll(sdkKey, options).dispose()).not.toThrow();
  });
});
