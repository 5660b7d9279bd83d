import { runChild } from '../support/child';
import { sdkKey } from '../support/client';

const evaluations = 1_000_000;
const subscriptions = 100_000;

type Heap = [number, number, number, number, number, number];

describe('the memory of a client', () => {
  it('is the same after a million distinct users, and after a hundred thousand subscribers have left, who do not take much', async () => {
    const child = runChild('many-users', sdkKey, String(evaluations), String(subscriptions));
    expect(await child.ended).toEqual({ code: 0, signal: null, errors: '' });
    const [before, evaluated, unsubscribed, shared, distinct, waited] = child.lines[0]!.split(' ').map(Number) as Heap;
    // A byte a user would show: what varies is code, compiled at any time.
    expect((evaluated - before) / evaluations).toBeLessThan(1);
    expect((unsubscribed - evaluated) / subscriptions).toBeLessThan(10);
    // Most of it is RxJS's: a subscriber, its observer, and the list of what ends with it.
    expect((shared - unsubscribed) / subscriptions).toBeLessThan(500);
    expect((distinct - shared) / subscriptions).toBeLessThan(950);
    expect((waited - distinct) / subscriptions).toBeLessThan(600);
  }, 120_000);
});
