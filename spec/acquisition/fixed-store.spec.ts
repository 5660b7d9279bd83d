import type { Observable } from 'rxjs';
import { NEVER, of } from 'rxjs';
import { createFixedStore } from '../../src/acquisition/fixed-store';
import { firstStep } from '../../src/acquisition/outcome';
import { textOf } from '../../src/logging/texts';

/** What a stream does: its values and `'completed'`. */
function recordOf(stream$: Observable<unknown>): unknown[] {
  const record: unknown[] = [];
  stream$.subscribe({ next: (value) => record.push(value), complete: () => record.push('completed') });
  return record;
}

describe('a store that knows one state for good', () => {
  const state = { ...firstStep.state, content: 'text', isInitialised: true };
  const store = createFixedStore<string>(state, { textOf });

  it('tells of it once, and has nobody wait', () => {
    expect(recordOf(store.step$)).toEqual([{ state, outcome: { patch: {} } }, 'completed']);
    expect([store.state(), store.isReadable(), store.read(false), store.read(true)]).toEqual([
      state,
      true,
      undefined,
      undefined,
    ]);
    expect(recordOf(store.written$)).toEqual(['completed']);
  });

  it('is offline, however it is switched, and refreshed by nobody', () => {
    store.setOnline(true);
    const errorMessage = 'Client is in offline mode, it cannot initiate HTTP calls.';
    expect(store.isOnline()).toBe(false);
    expect(recordOf(store.refresh$)).toEqual([{ isSuccess: false, errorCode: 3200, errorMessage }, 'completed']);
  });

  it('has no work, before and after it is disposed', () => {
    const { workWhile$, hasBegun, whileGiven, begin$, onceGiven } = store.permission;
    for (let i = 0; i < 2; i++) {
      expect(hasBegun()).toBe(false);
      for (const stream$ of [workWhile$, whileGiven(of('work')), begin$, onceGiven(NEVER)]) {
        expect(recordOf(stream$)).toEqual(['completed']);
      }
      store.dispose();
    }
    expect(store.state()).toBe(state);
  });
});
