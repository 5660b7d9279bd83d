import type { User } from '../../src';
import { manualPoll } from '../../src';
import { configByUser, configOf, stage } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate' };

/** A client that knows a config, and how often it evaluates from then on. */
async function ready(config: object) {
  const staged = stage(config, {}, manualPoll());
  await staged.client.forceRefresh();
  const events = record(staged.client.events$);
  const evaluations = () => events.values.filter(({ type }) => type === 'flagEvaluated').length;
  const change = async (next: object) => {
    staged.serve(next);
    await staged.client.forceRefresh();
  };
  return { ...staged, evaluations, change };
}

describe('watch()', () => {
  it('gives the value of its user, also when somebody changes the object', async () => {
    const { client } = await ready(configByUser('kate', 'leo'));
    client.setDefaultUser({ identifier: 'leo' });
    const user = { ...kate };
    const watches = [client.watch('plan', '', user), client.watch('plan', '')];
    (user as { identifier: string }).identifier = 'somebody else';
    expect(watches.map(({ current }) => current())).toEqual(['KATE', 'LEO']);
    client.dispose();
  });

  it('is the default value until a config is known', async () => {
    const { client, serve } = stage('silence', { logLevel: 'off' }, manualPoll());
    const watch = client.watch('a', 5);
    expect(watch.current()).toBe(5);
    serve(configOf({ a: 1 }));
    await client.forceRefresh();
    expect(watch.current()).toBe(1);
    client.dispose();
  });

  it('evaluates once for all who listen, and nothing while somebody does', async () => {
    const { client, evaluations, change } = await ready(configOf({ a: 1 }));
    const { current, subscribe } = client.watch('a', 0);
    current();
    expect(evaluations()).toBe(1);
    const calls: string[] = [];
    const first = subscribe(() => calls.push('first'));
    const begun = evaluations();
    const second = subscribe(() => calls.push('second'));
    for (let i = 0; i < 10; i++) expect(current()).toBe(1);
    expect(evaluations()).toBe(begun);
    await change(configOf({ a: 2 }));
    expect([calls, current(), evaluations()]).toEqual([['first', 'second'], 2, begun + 1]);
    first();
    first();
    first();
    expect([current(), evaluations()]).toEqual([2, begun + 1]);
    second();
    expect([current(), evaluations()]).toEqual([2, begun + 2]);
    client.dispose();
  });

  it('calls for no value that is the same, and nobody who has left', async () => {
    const { client, change } = await ready(configOf({ a: 1, b: 1 }));
    let calls = 0;
    const stop = client.watch('a', 0).subscribe(() => calls++);
    await change(configOf({ a: 1, b: 2 }));
    expect(calls).toBe(0);
    await change(configOf({ a: 2, b: 2 }));
    expect(calls).toBe(1);
    stop();
    await change(configOf({ a: 3, b: 2 }));
    expect(calls).toBe(1);
    client.dispose();
  });

  it('logs what a listener throws, and goes on', async () => {
    const { client, log, change } = await ready(configOf({ a: 1 }));
    const { subscribe } = client.watch('a', 0);
    let calls = 0;
    const stops = [
      subscribe(() => {
        throw new Error('broken');
      }),
      subscribe(() => calls++),
    ];
    await change(configOf({ a: 2 }));
    await change(configOf({ a: 3 }));
    expect([calls, log]).toEqual([2, Array(2).fill('error 1003 Error occurred in the `watch` method.')]);
    for (const stop of stops) stop();
    client.dispose();
  });
});
