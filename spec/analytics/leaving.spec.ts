/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { BehaviorSubject } from 'rxjs';
import { sendExposures } from '../../src/analytics';
import { createTestClient } from '../../src/testing';

/** Hides the page, or shows it again. */
function setVisibility(state: 'hidden' | 'visible'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('exposures that wait when the page is left', () => {
  it.each<[string, () => void, boolean]>([
    ['are sent when it is hidden', () => setVisibility('hidden'), true],
    ['are sent when it goes', () => window.dispatchEvent(new Event('pagehide')), true],
    ['wait on when it is shown', () => setVisibility('visible'), false],
  ])('%s', (_, leave, isSent) => {
    setVisibility('visible');
    const client = createTestClient({ a: true });
    const sent: boolean[] = [];
    const consent$ = new BehaviorSubject(true);
    const destination = { name: 'toTest', send: ({ isLeaving }: { isLeaving: boolean }) => sent.push(isLeaving) };
    const subscription = sendExposures(client, destination, { batchMs: 100_000, consent$ });
    client.snapshot().value('a', false);
    leave();
    expect(sent).toEqual(isSent ? [true] : []);
    consent$.next(false);
    client.snapshot().value('a', false, { identifier: 'kate' });
    leave();
    subscription.unsubscribe();
    leave();
    expect(sent).toEqual(isSent ? [true] : []);
    client.dispose();
  });
});
