import { render } from 'lit-html';
import { auditTime, animationFrameScheduler, shareReplay } from 'rxjs';
import type { Place } from './location.js';
import { placeOf, readPlace, writePlace } from './location.js';
import type { Settings } from './session.js';
import { openSession } from './session.js';
import { visible } from '../visible.js';
import { showDetail } from './scrolling.js';
import { showKey } from './values.js';
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

let isOpened = false;
session.state$.pipe(auditTime(0, animationFrameScheduler)).subscribe((state) => {
  const { place, flags } = state;
  document.title = place.flag === undefined ? `Flags of ${visible(settings.name)}` : `${showKey(place.flag)}: flags`;
  render(pageView(state, { ...session, goTo }), root);
  // Whoever opens the address of a flag wants to see that flag.
  if (!isOpened && flags.length > 0 && place.flag !== undefined) showDetail();
  isOpened ||= flags.length > 0;
});
