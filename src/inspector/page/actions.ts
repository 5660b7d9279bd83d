import type { Place } from './location.js';
import type { Session } from './session.js';

/** What can be done on the page. */
export interface Actions extends Omit<Session, 'state$'> {
  /**
   * Goes to another place, made from the one where the page is by then: what is drawn may be a frame behind.
   * `isStep`: so that the browser can go back.
   */
  readonly goTo: (change: (place: Place) => Place, isStep: boolean) => void;
}
