import { NEVER, ReplaySubject, Subject, filter, firstValueFrom, skip, throwError } from 'rxjs';
import { createClientWithManualPoll } from '../../src';
import type { ProxyStreamOptions, RemoteFlags } from '../../src/proxy-stream';
import { createProxyStream } from '../../src/proxy-stream';
import { startConfigServer } from '../../src/server';
import { configOf, sdkKey } from '../support/client';
import type { ConfigProxy } from '../support/config-proxy';
import { frameOf, startConfigProxy } from '../support/config-proxy';
import type { VirtualClock } from '../support/virtual-time';
import { createVirtualClock } from '../support/virtual-time';

const dark = (value: boolean) => ({ darkMode: { value, variationId: String(value) } });
const second = 1000;

describe('createProxyStream', () => {
  let proxy: ConfigProxy;
  let clock: VirtualClock;
  let reports: string[];
  let report$: Subject<string>;

  beforeEach(async () => {
    proxy = await startConfigProxy(sdkKey, 'my-sdk');
    proxy.greet(dark(false));
    clock = createVirtualClock();
    reports = [];
    report$ = new Subject();
  });

  afterEach(() => proxy.close());

  const create = (options: Partial<ProxyStreamOptions> = {}) =>
    createProxyStream({
      url: proxy.url,
      ...(options.sdkId === undefined && { sdkKey }),
      scheduler: clock.scheduler,
      random: () => 1,
      report: (message) => {
        reports.push(message);
        report$.next(message);
      },
      ...options,
    });

  /** Subscribes, and gives what came in, and ways to wait for the next. */
  const listen = (options: Partial<ProxyStreamOptions> = {}) => {
    const { refresh$ } = create(options);
    const frames: RemoteFlags[] = [];
    const frame$ = new Subject<RemoteFlags>();
    const subscription = refresh$.subscribe((flags) => {
      frames.push(flags);
      frame$.next(flags);
    });
    const nth = async (count: number) => {
      while (frames.length < count) await firstValueFrom(frame$);
      return frames[count - 1];
    };
    return { frames, nth, stop: () => subscription.unsubscribe() };
  };

  /** Resolves when something is reported. */
  const reported = () => firstValueFrom(report$);

  describe('asking', () => {
    const user = {
      identifier: 'ключ>>>???',
      email: 'a@b.example',
      custom: { Born: new Date(1_500), Age: 42, Langs: ['fr', 'ü'], Nan: NaN, Odd: true as unknown as string },
    };
    const wireUser = {
      Identifier: 'ключ>>>???',
      Email: 'a@b.example',
      Born: 1.5,
      Age: 42,
      Langs: ['fr', 'ü'],
      Nan: 'NaN',
      Odd: 'true',
    };

    it.each([
      ['by SDK key', {}, { sdkKey }],
      ['by SDK key, for a user', { user }, { sdkKey, user: wireUser }],
      ['by SDK id', { sdkId: 'my-sdk' }, undefined],
      ['by SDK id, for a user', { sdkId: 'my-sdk', user }, { user: wireUser }],
    ])('%s is understood by the Proxy', async (_case, options, data) => {
      const { nth, stop } = listen(options);
      expect(await nth(1)).toEqual(dark(false));
      expect(proxy.requests.map((request) => request.data)).toEqual([data]);
      stop();
    });

    it('encodes so that nothing but letters, digits, - and _ is in the URL', async () => {
      const { nth, stop } = listen({ user });
      await nth(1);
      expect(Buffer.from(JSON.stringify({ sdkKey, user: wireUser })).toString('base64')).toMatch(/[+/]/);
      expect(proxy.requests[0]?.path).toMatch(/^\/sse\/eval-all\/k\/[\w-]+$/);
      stop();
    });

    it('does not mind a slash at the end of the URL', async () => {
      const { nth, stop } = listen({ url: `${proxy.url}/` });
      expect(await nth(1)).toEqual(dark(false));
      stop();
    });

    it('lets custom attributes not take the place of the identifier', async () => {
      const { nth, stop } = listen({ user: { identifier: 'me', custom: { Identifier: 'you' } } });
      await nth(1);
      expect(proxy.requests[0]?.data).toEqual({ sdkKey, user: { Identifier: 'me' } });
      stop();
    });
  });

  describe('frames', () => {
    it('make refresh$ emit each, and flags$ only when a value differs', async () => {
      const { refresh$, flags$ } = create();
      const hints: unknown[] = [];
      const values: unknown[] = [];
      const last$ = new Subject<void>();
      const subscription = refresh$.subscribe((flags) => {
        hints.push(flags);
        if (hints.length === 3) last$.next();
      });
      subscription.add(flags$.subscribe((flags) => values.push(flags)));
      const last = firstValueFrom(last$);
      await firstValueFrom(flags$);
      proxy.send(dark(false));
      proxy.send(dark(true));
      await last;
      expect([hints, values]).toEqual([
        [dark(false), dark(false), dark(true)],
        [dark(false), dark(true)],
      ]);
      expect(proxy.requests).toHaveLength(1);
      subscription.unsubscribe();
    });

    it.each([
      [
        'split in the middle of a character',
        [...Buffer.from(frameOf({ text: { value: 'é👋' } }))].map((byte) => Buffer.of(byte)),
      ],
      [
        'with CRLF, comments and other fields',
        [': hi\r\nevent: message\r\nid: 1\r\ndata:{"text":\r\ndata:{"value":"é👋"}}\r', '\n\r\n'].map((part) =>
          Buffer.from(part),
        ),
      ],
      ['with bare CR', [Buffer.from('data: {"text":{"value":"é👋"}}\r\r:')]],
    ])('are read when they come %s', async (_case, parts) => {
      const { nth, stop } = listen();
      await nth(1);
      for (const part of parts) proxy.send(part);
      expect(await nth(2)).toEqual({ text: { value: 'é👋' } });
      stop();
    });

    it('may name flags like what every object has, and touch nothing', async () => {
      const { nth, stop } = listen();
      await nth(1);
      proxy.send(Buffer.from('data: {"__proto__":{"value":true},"toString":{"value":1}}\n\n'));
      const flags = await nth(2);
      expect(Object.keys(flags ?? {})).toEqual(['__proto__', 'toString']);
      expect([flags?.constructor, ({} as { value?: unknown }).value]).toEqual([undefined, undefined]);
      stop();
    });

    it.each(['{', '[]', 'null', '{"a":1}', '{"a":{"value":[]}}', '{"a":{}}', '{"a":{"value":true,"variationId":1}}'])(
      'that hold %s are reported, and the stream is opened anew',
      async (text) => {
        const { nth, frames, stop } = listen();
        await nth(1);
        const report = reported();
        proxy.send(Buffer.from(`data: ${text}\n\n`));
        expect(await report).toContain('The stream of the ConfigCat Proxy has failed.');
        await clock.advance(second);
        expect(await nth(2)).toEqual(dark(false));
        expect(frames).toHaveLength(2);
        stop();
      },
    );

    it('leave out flags that the Proxy could not evaluate', async () => {
      const { nth, stop } = listen();
      await nth(1);
      proxy.send(Buffer.from('data: {"a":{"value":null,"variationId":""},"b":{"value":1}}\n\n'));
      expect(await nth(2)).toEqual({ b: { value: 1 } });
      expect(reports).toEqual([]);
      stop();
    });

    it.each(['ping', 'error', 'messages', ' message'])('that are named "%s" are none of flags', async (name) => {
      const { nth, frames, stop } = listen();
      await nth(1);
      proxy.send(Buffer.from(`event: ${name}\ndata: {"a":{"value":1}}\n\nevent: ${name}\ndata: now\n\n`));
      proxy.send(dark(true));
      expect(await nth(2)).toEqual(dark(true));
      expect([frames.length, reports, proxy.requests.length]).toEqual([2, [], 1]);
      stop();
    });

    it.each([
      ['before', (broken: string) => frameOf(dark(true)) + broken],
      ['behind', (broken: string) => broken + frameOf(dark(true))],
    ])('that come in one piece %s broken ones are read all the same', async (_case, pieceOf) => {
      for (const broken of ['data: {\n\n', 'data: []\n\ndata: null\n\n']) {
        const { nth, stop } = listen();
        await nth(1);
        const report = reported();
        proxy.send(Buffer.from(pieceOf(broken)));
        expect(await nth(2)).toEqual(dark(true));
        expect(await report).toContain('The stream of the ConfigCat Proxy has failed.');
        stop();
      }
    });

    it('that are complete count, also in one piece with one that does not end', async () => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(Buffer.from(`${frameOf(dark(true))}data: ${'x'.repeat(6_000_000)}`));
        },
      });
      const headers = { 'Content-Type': 'text/event-stream' };
      const report = reported();
      const { nth, stop } = listen({ fetch: () => Promise.resolve(new Response(body, { headers })) });
      expect(await nth(1)).toEqual(dark(true));
      expect(await report).toContain('does not end');
      stop();
    });

    it('that do not end are given up', async () => {
      const { nth, stop } = listen();
      await nth(1);
      const report = reported();
      proxy.send(Buffer.alloc(6_000_000, 'x'));
      expect(await report).toContain('does not end');
      stop();
    });
  });

  describe('failing', () => {
    it.each(['reset', undefined] as const)('opens a stream anew a moment after its end (%s)', async (how) => {
      const { nth, stop } = listen();
      await nth(1);
      proxy.greet(dark(true));
      const scheduled = how === 'reset' ? reported() : idle();
      proxy.end(how);
      await scheduled;
      await clock.advance(second - 1);
      expect(proxy.requests).toHaveLength(1);
      await clock.advance(1);
      expect(await nth(2)).toEqual(dark(true));
      stop();
    });

    /** Resolves when the end of a stream has made its way here: the wait before the next is the only timer then. */
    const idle = async () => {
      for (;;) {
        const delays = clock.scheduler.actions.map((action) => (action as unknown as { delay: number }).delay);
        if (delays.length === 1 && (delays[0] ?? 0) <= clock.scheduler.now() + 60 * second) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };

    it.each([
      ['that fails', () => new Response(null, { status: 503 }), ['The Proxy answered 503.']],
      [
        'that ends right after its first frame',
        () => new Response(frameOf(dark(true)), { headers: { 'Content-Type': 'text/event-stream' } }),
        [],
      ],
    ])('waits longer and longer to open a stream %s, up to a minute, and reports once', async (_case, answer, told) => {
      const openedAt: number[] = [];
      const fetch = () => {
        openedAt.push(clock.scheduler.now() / second);
        return Promise.resolve(answer());
      };
      const { stop } = listen({ fetch });
      await clock.advance(200 * second);
      expect(openedAt).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
      expect(reports).toEqual(told.map((text) => `The stream of the ConfigCat Proxy has failed. ${text}`));
      stop();
    });

    it('spreads what would reconnect at the same time', async () => {
      const { nth, stop } = listen({ random: () => 0 });
      await nth(1);
      proxy.end();
      await idle();
      await clock.advance(second / 2);
      await nth(2);
      stop();
    });

    it.each([
      ['sdkKey', { sdkKey: 'another' }, 404],
      ['sdkId', { sdkId: 'another' }, 404],
    ])('reports a wrong %s without telling it, and keeps trying', async (_case, options, status) => {
      const report = reported();
      const { stop } = listen(options);
      expect(await report).toBe(`The stream of the ConfigCat Proxy has failed. The Proxy answered ${status}.`);
      stop();
    });

    it('gives up a Proxy that does not answer within 30 seconds', async () => {
      proxy.greet('hang');
      const { nth, stop } = listen();
      await proxy.requested(1);
      proxy.greet(dark(true));
      await clock.advance(30 * second);
      expect(reports).toEqual(['The stream of the ConfigCat Proxy has failed. The Proxy does not answer.']);
      await clock.advance(second);
      expect(await nth(1)).toEqual(dark(true));
      stop();
    });

    it('refuses an answer that is no event stream', async () => {
      const report = reported();
      const fetch = () => Promise.resolve(new Response('<html>', { headers: { 'Content-Type': 'text/html' } }));
      const { stop } = listen({ fetch });
      expect(await report).toContain('no stream of server-sent events');
      stop();
    });
  });

  describe('silence', () => {
    it.each([
      [{}, 300],
      [{ maxSilenceSeconds: 20 }, 20],
      [{ maxSilenceSeconds: 20, random: () => 0 }, 10],
    ])('with %j makes the stream be opened anew after %i s, and is not reported', async (options, seconds) => {
      const { nth, stop } = listen(options);
      await nth(1);
      await clock.advance(seconds * second - 1);
      expect([proxy.requests.length, clock.scheduler.actions.length]).toEqual([1, 1]);
      await clock.advance(1 + second);
      await nth(2);
      expect(reports).toEqual([]);
      stop();
    });

    it('is broken by each frame', async () => {
      const { nth, stop } = listen();
      await nth(1);
      await clock.advance(200 * second);
      proxy.send(dark(true));
      await nth(2);
      await clock.advance(299 * second);
      expect(proxy.requests).toHaveLength(1);
      stop();
    });
  });

  describe('reconnectOn$', () => {
    it('opens the stream anew at once, also amid a wait, but not more than once a second', async () => {
      proxy.greet(503);
      const reconnectOn$ = new Subject<void>();
      const report = reported();
      const { nth, stop } = listen({ reconnectOn$ });
      await report;
      proxy.greet(dark(true));
      for (let i = 0; i < 10; i++) reconnectOn$.next();
      expect(await nth(1)).toEqual(dark(true));
      expect(proxy.requests).toHaveLength(2);
      await clock.advance(second);
      reconnectOn$.next();
      await nth(2);
      expect(proxy.requests).toHaveLength(3);
      stop();
    });

    it('that breaks is reported, and the stream goes on', async () => {
      const { nth, stop } = listen({ reconnectOn$: throwError(() => new Error('no page')) });
      expect(await nth(1)).toEqual(dark(false));
      expect(reports).toEqual(['The stream `reconnectOn$` has failed.']);
      stop();
    });
  });

  describe('subscribing', () => {
    it('opens nothing before, one connection for all, and closes it with the last', async () => {
      const closed$ = new ReplaySubject<void>(1);
      const fetch: NonNullable<ProxyStreamOptions['fetch']> = (url, init) => {
        init.signal.addEventListener('abort', () => {
          closed$.next();
        });
        return globalThis.fetch(url, init);
      };
      const { refresh$, flags$ } = create({ fetch });
      expect(proxy.requests).toHaveLength(0);
      const first = refresh$.subscribe();
      expect(await firstValueFrom(flags$)).toEqual(dark(false));
      expect(proxy.requests).toHaveLength(1);
      first.unsubscribe();
      await firstValueFrom(closed$);
      expect(clock.scheduler.actions).toHaveLength(0);
    });
  });

  it('needs no URL.canParse(), which browsers have had for less long than the rest', () => {
    const spy = jest.spyOn(URL, 'canParse').mockImplementation(() => {
      throw new TypeError('URL.canParse is not a function');
    });
    expect(() => createProxyStream({ url: 'http://proxy.example', sdkKey, reconnectOn$: NEVER })).not.toThrow();
    spy.mockRestore();
  });

  it.each([
    [{ url: 'nowhere' }, 'url'],
    [{ url: 7 as never }, 'url'],
    [{ url: 'http://' }, 'url'],
    [{ url: 'file:///etc' }, 'url'],
    [{ sdkKey: '' }, 'sdkKey'],
    [{ sdkKey, sdkId: 'my-sdk' }, 'sdkKey'],
    [{ maxSilenceSeconds: 9 }, 'maxSilenceSeconds'],
    [{ maxSilenceSeconds: NaN }, 'maxSilenceSeconds'],
  ])('throws for the options %j, naming the culprit and no key', (options, culprit) => {
    const create = () => createProxyStream({ url: 'http://proxy.example', sdkKey, reconnectOn$: NEVER, ...options });
    expect(create).toThrow(`Invalid property \`options.${culprit}\`.`);
    expect(create).not.toThrow(sdkKey);
  });

  it('makes a client fetch', async () => {
    const server = await startConfigServer({ configs: { [sdkKey]: configOf({ darkMode: false }) } });
    const { refresh$ } = create();
    const client = createClientWithManualPoll(sdkKey, {
      baseUrl: server.url,
      refreshOn$: refresh$,
      logLevel: 'off',
    });
    const flags: unknown[] = [];
    const flag$ = client.flag$('darkMode').pipe(filter((value) => value !== undefined));
    const subscription = flag$.subscribe((value) => flags.push(value));
    await firstValueFrom(flag$);
    await firstValueFrom(client.status$.pipe(filter(({ isFetching }) => !isFetching)));

    await server.setConfig(sdkKey, configOf({ darkMode: true }));
    const changed = firstValueFrom(flag$.pipe(skip(1)));
    proxy.send(dark(true));
    await changed;
    expect(flags).toEqual([false, true]);

    subscription.unsubscribe();
    client.dispose();
    await server.close();
  });
});
