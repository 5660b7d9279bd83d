import type { Place } from './location.js';
import type { Session } from './session.js';

/** What can be done on the page. */
export interface Actions extends Omit<Session, 'state$'> {
  /** Goes to another place; `isStep`: so that the browser can go back. */
  readonly goTo: (place: Place, isStep: boolean) => void;
}
