import type { ProxyStreamOptions, RemoteFlags, StreamResponse } from '../../src/proxy-stream';
import { createProxyStream } from '../../src/proxy-stream';
import { sdkKey } from '../support/client';
import { createVirtualClock } from '../support/virtual-time';

/** A Proxy whose connections are open until they are aborted or cut. */
function connect(options: Partial<ProxyStreamOptions> = {}) {
  const clock = createVirtualClock();
  const reports: string[] = [];
  const frames: RemoteFlags[] = [];
  const cuts: ((error: Error) => void)[] = [];
  let opened = 0;
  let open = 0;
  const fetch: ProxyStreamOptions['fetch'] = (_url, { signal }) => {
    opened++;
    open++;
    let isRead = false;
    const read = () =>
      new Promise<{ value?: Uint8Array; done: boolean }>((resolve, reject) => {
        if (!isRead) resolve({ value: new TextEncoder().encode(`data: {"n":{"value":${opened}}}\n\n`), done: false });
        isRead = true;
        const end = (error: Error) => {
          open--;
          reject(error);
        };
        cuts.push(end);
        signal.addEventListener('abort', () => {
          end(signal.reason as Error);
        });
      });
    const headers = { get: () => 'text/event-stream' };
    return Promise.resolve({
      status: 200,
      headers,
      body: { getReader: () => ({ read }) },
    } as unknown as StreamResponse);
  };
  const { refresh$ } = createProxyStream({
    url: 'http://proxy.example',
    sdkKey,
    fetch,
    scheduler: clock.scheduler,
    random: () => 1,
    report: (message) => reports.push(message),
    ...options,
  });
  const subscription = refresh$.subscribe((flags) => frames.push(flags));
  return {
    clock,
    reports,
    frames,
    counts: () => [opened, open > 0 ? 1 : 0],
    cut: () => cuts.at(-1)?.(new TypeError('NetworkError when attempting to fetch resource.')),
    stop: () => {
      subscription.unsubscribe();
    },
  };
}

/** Stands for the window: what there is of a page is all that is asked for. */
const page = new EventTarget();
const parts = {
  document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
};
beforeAll(() => Object.assign(globalThis, parts));
afterAll(() => {
  for (const name of Object.keys(parts)) Reflect.deleteProperty(globalThis, name);
});

const leave = () => page.dispatchEvent(new Event('pagehide'));
const comeBack = () => page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));

describe('a page that is left with an open stream', () => {
  it('closes it, reports nothing, and opens one other when it comes back', async () => {
    const { clock, reports, frames, counts, stop } = connect();
    await clock.advance(0);
    expect(counts()).toEqual([1, 1]);
    for (let round = 1; round <= 3; round++) {
      leave();
      await clock.advance(0);
      expect(counts()).toEqual([round, 0]);
      await clock.advance(600_000);
      expect(counts()[0]).toBe(round);
      comeBack();
      await clock.advance(0);
      expect(counts()[0]).toBe(round + 1);
      expect(frames.at(-1)).toEqual({ n: { value: round + 1 } });
    }
    expect(reports).toEqual([]);
    stop();
  });

  it('reports nothing either where the browser has cut it before the page learns that it is left', async () => {
    const { clock, reports, cut, stop } = connect();
    await clock.advance(0);
    cut();
    await clock.advance(100);
    leave();
    await clock.advance(600_000);
    expect(reports).toEqual([]);
    comeBack();
    await clock.advance(0);
    stop();
  });

  it('reports a moment later what has failed while it stays', async () => {
    const { clock, reports, cut, counts, stop } = connect();
    await clock.advance(0);
    cut();
    await clock.advance(1000);
    expect(reports).toEqual([expect.stringContaining('NetworkError')]);
    expect(counts()[0]).toBe(2);
    stop();
  });
});
