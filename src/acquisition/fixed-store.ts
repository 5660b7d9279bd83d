import { EMPTY, of } from 'rxjs';
import type { Texts } from '../logging/event-text.js';
import type { State } from './outcome.js';
import type { Permission } from './permission.js';
import type { Store } from './store.js';
import { offlineFailure } from './store.js';

/** There is nothing to be done. */
const noWork: Permission = {
  workWhile$: EMPTY,
  hasBegun: () => false,
  whileGiven: () => EMPTY,
  begin$: EMPTY,
  onceGiven: () => EMPTY,
};

/** A store that knows one state for good: nothing is waited for, and nothing is asked of anybody. */
export function createFixedStore<C>(state: State<C>, texts: Texts): Store<C> {
  return {
    step$: of({ state, outcome: { patch: {} } }),
    state: () => state,
    read: () => undefined,
    isReadable: () => true,
    refresh$: of(offlineFailure(texts)),
    written$: EMPTY,
    isOnline: () => false,
    setOnline: () => undefined,
    permission: noWork,
    dispose: () => undefined,
  };
}
