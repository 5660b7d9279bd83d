import type { Operation } from '../../src/fleet/faults';
import { trackFaults } from '../../src/fleet/faults';

/** A step: an operation begins, or it ends, well (`-`) or by a cause. */
type Step = readonly ['begin', name: string] | readonly [Operation, name: string, cause: string];

function reportedTexts(steps: readonly Step[]): readonly string[] {
  const faults = trackFaults();
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  for (const [kind, name, cause] of steps) {
    if (kind === 'begin') numbers.set(name, faults.begin());
    else faults.note(kind, numbers.get(name)!, cause === '-' ? undefined : new Error(cause));
    try {
      faults.throwPending();
    } catch (error) {
      texts.push((error as Error).message);
    }
  }
  return texts;
}

/** Gives the two steps of an operation that ends before another one begins. */
const work = (operation: Operation, cause: string, name = `${operation} ${cause}`): readonly Step[] => [
  ['begin', name],
  [operation, name, cause],
];

describe('the failures of an engine', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    [
      'once, whatever fails by them',
      [...work('read', 'gone'), ...work('lease', 'gone'), ...work('read', 'gone')],
      ['gone'],
    ],
    [
      'again after they had gone away',
      [...work('read', 'gone'), ...work('read', '-'), ...work('read', 'gone')],
      ['gone', 'gone'],
    ],
    [
      'for each cause',
      [...work('read', 'gone'), ...work('read', 'no right'), ...work('lease', 'gone'), ...work('read', 'no right')],
      ['gone', 'no right', 'gone'],
    ],
    [
      'not again by what began before they went away',
      [
        ['begin', 'old'],
        ['begin', 'older'],
        ...work('read', 'gone'),
        ...work('read', '-'),
        ['write', 'old', 'gone'],
        ['lease', 'older', 'gone'],
      ],
      ['gone'],
    ],
    [
      'once, though something that began before succeeds late',
      [['begin', 'late'], ...work('read', 'gone'), ['read', 'late', '-'], ...work('read', 'gone')],
      ['gone'],
    ],
    [
      'once for an outage whose commands succeed before listening does',
      [
        ...work('lease', 'gone'),
        ...work('listen', 'gone', 'first'),
        ...work('lease', '-'),
        ...work('listen', 'gone', 'second'),
        ...work('listen', '-'),
        ...work('lease', '-', 'after'),
      ],
      ['gone'],
    ],
    [
      'once for an outage whose listening succeeds before commands do',
      [
        ...work('listen', 'gone'),
        ...work('read', 'gone'),
        ...work('write', 'gone'),
        ...work('listen', '-'),
        ...work('lease', 'gone'),
        ...work('read', '-'),
      ],
      ['gone'],
    ],
    [
      'again when both connections had come back',
      [
        ...work('listen', 'gone', 'a'),
        ...work('lease', 'gone', 'b'),
        ...work('lease', '-', 'c'),
        ...work('listen', '-', 'd'),
        ...work('lease', 'gone', 'e'),
        ...work('listen', 'gone', 'f'),
      ],
      ['gone', 'gone'],
    ],
    [
      'though something else succeeds',
      [...work('write', 'no right'), ...work('read', '-'), ...work('write', 'no right')],
      ['no right'],
    ],
  ])('are told %s', (_, events, expected) => {
    expect(reportedTexts(events)).toEqual(expected);
  });
});
