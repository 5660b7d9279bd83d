import type { PageLocation } from './location.js';
import type { Session } from './session.js';

/** The actions that the parts of the page can start. */
export interface Actions extends Omit<Session, 'state$'> {
  /**
   * Changes the location of the page, given the present one, which may be newer than the drawn one. With `isStep` the change
   * becomes a step in the browser's history.
   */
  readonly goTo: (change: (location: PageLocation) => PageLocation, isStep: boolean) => void;
}
