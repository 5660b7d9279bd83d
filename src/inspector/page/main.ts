import { render } from 'lit-html';
import { auditTime, animationFrameScheduler, shareReplay } from 'rxjs';
import type { PageLocation } from './location.js';
import { locationOf, readLocation, writeLocation } from './location.js';
import type { PageSettings } from './session.js';
import { openSession } from './session.js';
import { visible } from '../visible.js';
import { showDetail } from './scrolling.js';
import { formatKey } from './values.js';
import { pageView } from './view.js';

const root = document.getElementById('page')!;
const settings = (await (await fetch('/settings.json')).json()) as PageSettings;
const location$ = locationOf(window).pipe(shareReplay({ bufferSize: 1, refCount: false }));
const session = openSession(settings, location$);

/** Changes the address, which holds the state of the page, so that going back in the browser undoes a change. */
function goTo(change: (location: PageLocation) => PageLocation, isStep: boolean): void {
  const address = writeLocation(change(readLocation(location.hash)));
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
  const { location, flags } = state;
  document.title =
    location.flag === undefined ? `Flags of ${visible(settings.name)}` : `${formatKey(location.flag)}: flags`;
  render(pageView(state, { ...session, goTo }), root);
  // Whoever opens the address of a flag wants to see that flag.
  if (!isOpened && flags.length > 0 && location.flag !== undefined) showDetail();
  isOpened ||= flags.length > 0;
});
