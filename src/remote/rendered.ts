import { readState } from '../decided/values-state.js';

/** Values by which a server has rendered the page: what `renderedValues()` gives. */
export interface RenderedValues {
  /** The values in the form of the relay protocol, section 2; nothing where there are none. */
  readonly text: string | undefined;
  /** What is wrong with the state. */
  readonly problem: unknown;
}

/**
 * Lets a page that a server has rendered by values only go on live: a remote client has what `dehydrateValues()` has written as
 * soon as it is made, shows it until the relay has said something else, and never something older. They count as values of
 * the client's user. What is wrong with a state is logged (event 2200), and the client then has no values to begin with.
 *
 * @param state - what `dehydrateValues()` gave, or what that stands for as JavaScript; nothing where there is none.
 *
 * @example
 * const state = document.getElementById('flags')?.textContent;
 * const remote = createRemote({ url: '/flags', rendered: renderedValues(state) });
 */
export function renderedValues(state: string | object | null | undefined): RenderedValues {
  try {
    const values = readState(state);
    // Of a config that nobody has asked for everything is newer.
    const text = values && JSON.stringify({ order: [values.requestedAtMs ?? 0], flags: values.flags });
    return { text, problem: undefined };
  } catch (problem) {
    return { text: undefined, problem };
  }
}
