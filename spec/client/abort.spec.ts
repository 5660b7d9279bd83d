import { manualPoll } from '../../src';
import { configOf, stage } from '../support/client';

/** A signal as old runtimes have it, which has no reason of its own unless it is given one. */
function signalOf(isAborted = false, reason?: unknown) {
  const listeners = new Set<() => void>();
  const signal = {
    aborted: isAborted,
    reason,
    addEventListener: (type: string, listener: () => void) => type === 'abort' && listeners.add(listener),
    removeEventListener: (type: string, listener: () => void) => type === 'abort' && listeners.delete(listener),
  };
  return { signal: signal as unknown as AbortSignal, listeners };
}

describe('the signal of a read', () => {
  it.each([true, false])(
    'rejects it with an error where the signal has no reason (aborted before: %p)',
    async (isBefore) => {
      const { client } = stage('silence');
      const { signal, listeners } = signalOf(isBefore);
      const read = client.getValue('a', 0, undefined, { signal });
      for (const listener of listeners) listener();
      const error = await read.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: 'AbortError', message: 'The operation was aborted.' });
      client.dispose();
    },
  );

  it.each([['a reason'], [null], [0], [new Error('enough')]])('rejects it with its reason: %p', async (reason) => {
    const { client } = stage('silence');
    const { signal } = signalOf(true, reason);
    await expect(client.getValue('a', 0, undefined, { signal })).rejects.toBe(reason);
    client.dispose();
  });

  it('is not listened to any more when the read has ended, in whatever way', async () => {
    const { client, clock } = stage(configOf({ a: 1 }));
    const { signal, listeners } = signalOf();
    const reads = [client.getValue('a', 0, undefined, { signal }), client.waitForReady({ signal })];
    expect(listeners.size).toBe(2);
    await clock.advance(0);
    expect(await Promise.all(reads)).toEqual([1, 'up-to-date']);
    await clock.advance(0);
    expect(listeners.size).toBe(0);
    const silent = stage('silence');
    const ready = silent.client.waitForReady({ signal });
    silent.client.dispose();
    await expect(ready).rejects.toThrow('The client was disposed before it became ready.');
    await clock.advance(0);
    expect(listeners.size).toBe(0);
    client.dispose();
  });
});

describe('a read', () => {
  it('waits for what somebody else has stored in the cache', async () => {
    let count = 0;
    const cache = {
      get: () => Promise.resolve(`${++count - 10}\n\n${JSON.stringify(configOf({ count }))}`),
      set: () => undefined,
    };
    const { client, clock } = stage('silence', { cache, offline: true }, manualPoll());
    await clock.advance(0);
    for (const expected of [2, 3]) {
      const read = client.getValue('count', 0);
      await clock.advance(0);
      expect(await read).toBe(expected);
    }
    client.dispose();
  });

  it('of a stream does not wait for the cache where something is known', async () => {
    let count = 0;
    const cache = {
      get: () =>
        count++ === 0
          ? Promise.resolve(`1\n\n${JSON.stringify(configOf({ a: 1 }))}`)
          : new Promise<string>(() => undefined),
      set: () => undefined,
    };
    const { client, clock } = stage('silence', { cache, offline: true }, manualPoll());
    await clock.advance(0);
    const values: number[] = [];
    client.flag$('a', 0).subscribe((value) => values.push(value));
    expect([values, count]).toEqual([[1], 2]);
    client.dispose();
  });

  it('says what ends a refresh when the client is disposed before', async () => {
    const { client } = stage('silence');
    const refresh = client.forceRefresh();
    client.dispose();
    const errorMessage = 'The client was disposed before the refresh ended.';
    expect(await refresh).toEqual({ isSuccess: false, errorCode: -1, errorMessage });
  });

  it('names what is no variation ID', () => {
    const { client } = stage('silence');
    expect(() => client.getKeyAndValue(5 as never)).toThrow(/^Invalid argument `variationId`\./);
    expect(() => client.snapshot().keyAndValue(5 as never)).toThrow(/^Invalid argument `variationId`\./);
    client.dispose();
  });
});
