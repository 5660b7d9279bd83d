import { cacheTextOf } from './config.js';
import type { Step } from './plan.js';
import type { Stage } from './stage.js';
import { read, refresh, watch } from './stage.js';

type Act<S> = (step: S, stage: Stage) => unknown;

/** What each step does. */
const acts: { readonly [K in Step['do']]: Act<Extract<Step, { do: K }>> } = {
  wait: ({ ms }, { pace }) => pace.pass(ms),
  waitFor: ({ intervals }, { pace, plan }) => pace.pass(Math.round(intervals * plan.intervalSeconds * 1000)),
  faults: ({ faults }, { traffic }) => {
    traffic.plan(faults);
  },
  edit: (_, { edit }) => edit(),
  refresh: (_, stage) => {
    refresh(stage);
  },
  read: (_, stage) => {
    read(stage);
  },
  watch: (_, stage) => {
    watch(stage);
  },
  unwatch: (_, { watches }) => {
    watches.pop()?.unsubscribe();
  },
  trigger: (_, { sources }) => {
    sources.refreshOn$.next();
  },
  user: ({ isKnown }, { client }) => {
    if (isKnown) client.setDefaultUser({ identifier: 'kate' });
    else client.clearDefaultUser();
  },
  switch: ({ isOnline }, { client }) => {
    if (isOnline) client.setOnline();
    else client.setOffline();
  },
  gate: ({ isOpen }, { sources }) => {
    sources.isOpen$.next(isOpen);
  },
  peer: ({ writes, hasListeners }, { double, served, clock }) => {
    const texts = {
      newest: cacheTextOf(served.version, clock.now()),
      older: cacheTextOf(served.version - 1, served.editedAtMs - 1),
      nothing: '',
      junk: 'junk',
    };
    double.peerWrites(texts[writes], hasListeners);
  },
};

/** Takes one step. */
export async function take(step: Step, stage: Stage): Promise<void> {
  // Each row of the table takes the step of its own kind.
  const act = acts[step.do] as Act<Step>;
  await act(step, stage);
}
