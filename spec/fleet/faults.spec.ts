import type { Operation } from '../../src/fleet/faults';
import { trackFaults } from '../../src/fleet/faults';

/** Something that begins, or how it ends: `-` well, else by a cause. */
type Event = readonly ['begin', name: string] | readonly [Operation, name: string, cause: string];

function told(events: readonly Event[]): readonly string[] {
  const faults = trackFaults();
  const begun = new Map<string, number>();
  const texts: string[] = [];
  for (const [kind, name, cause] of events) {
    if (kind === 'begin') begun.set(name, faults.begin());
    else faults.note(kind, begun.get(name)!, cause === '-' ? undefined : new Error(cause));
    try {
      faults.tell();
    } catch (error) {
      texts.push((error as Error).message);
    }
  }
  return texts;
}

/** Work that begins and ends with nothing in between. */
const work = (operation: Operation, cause: string, name = `${operation} ${cause}`): readonly Event[] => [
  ['begin', name],
  [operation, name, cause],
];

describe('the failures of an engine', () => {
  it.each<[string, readonly Event[], readonly string[]]>([
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
    expect(told(events)).toEqual(expected);
  });
});
