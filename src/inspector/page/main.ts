import { render } from 'lit-html';
import { auditTime, animationFrameScheduler, shareReplay } from 'rxjs';
import type { Place } from './location.js';
import { placeOf, readPlace, writePlace } from './location.js';
import type { Settings } from './session.js';
import { openSession } from './session.js';
import { pageView } from './view.js';

const root = document.getElementById('page')!;
const settings = (await (await fetch('/settings.json')).json()) as Settings;
const place$ = placeOf(window).pipe(shareReplay({ bufferSize: 1, refCount: false }));
const session = openSession(settings, place$);

/** The address is the state: going back in the browser undoes. */
function goTo(change: (place: Place) => Place, isStep: boolean): void {
  const address = writePlace(change(readPlace(location.hash)));
  if (isStep) {
    location.hash = address;
  } else {
    // Each letter that is typed would be a step back otherwise.
    history.replaceState(null, '', address);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  }
}

session.state$.pipe(auditTime(0, animationFrameScheduler)).subscribe((state) => {
  document.title = state.place.flag === undefined ? `Flags of ${settings.name}` : `${state.place.flag}: flags`;
  render(pageView(state, { ...session, goTo }), root);
});
