import { of, tap } from 'rxjs';
import type { Entry } from '../../src/acquisition/entry';
import { emptyEntry } from '../../src/acquisition/entry';
import type { FetchOutcome, State } from '../../src/acquisition/outcome';
import { firstStep, succeeded } from '../../src/acquisition/outcome';
import { reconcile } from '../../src/acquisition/reconcile';
import { failedFetch } from '../support/store';

interface Document {
  readonly text: string;
}

const nowMs = 1_000_000;

const entryOf = (text: string, requestedAtMs: number): Entry => ({
  configText: text,
  etag: `"${text}"`,
  fetchedAtMs: requestedAtMs,
  requestedAtMs,
});

const answerOf = (text: string, requestedAtMs: number): FetchOutcome<Document> => ({
  patch: { entry: entryOf(text, requestedAtMs), content: { text } },
  log: [],
  result: succeeded,
});

const checked = { fetchedAtMs: nowMs - 1, requestedAtMs: nowMs - 2 };
const vouched: FetchOutcome<Document> = { patch: {}, checked, log: [], result: succeeded };
const refused: FetchOutcome<Document> = { ...(failedFetch as FetchOutcome<Document>) };

interface Scene {
  /** What is known when the exchange begins. */
  readonly known?: Entry;
  /** What the cache brings while each of the requests is under way, if anything. */
  readonly brought?: readonly (Entry | undefined)[];
  readonly answer: FetchOutcome<Document>;
  readonly isDemanded?: boolean;
  readonly isOrdered?: boolean;
}

/** Lets one exchange happen, and tells in order what came of it and what was stored. */
function play({ known = emptyEntry, brought = [], answer, isDemanded = false, isOrdered = false }: Scene) {
  const stateOf = (entry: Entry): State<Document> => ({
    ...firstStep.state,
    entry,
    content: entry.configText === undefined ? undefined : { text: entry.configText },
  });
  let state = stateOf(known);
  const asked: Entry[] = [];
  const left = [...brought];
  const events: unknown[] = [];
  const outcomes: FetchOutcome<Document>[] = [];
  const fetch = (given: Entry) => {
    asked.push(given);
    return of(answer).pipe(
      tap(() => {
        const news = left.shift();
        if (news) state = stateOf(news);
      }),
    );
  };
  reconcile<Document>(
    fetch,
    { isDemanded },
    {
      state: () => state,
      isOrdered,
      freshForMs: 60_000,
      nowMs: () => nowMs,
      store: (entry) => events.push(['stored', entry.configText, entry.fetchedAtMs]),
    },
  ).subscribe((outcome) => {
    outcomes.push(outcome);
    events.push(['told', outcome.patch.entry?.configText]);
  });
  expect(outcomes).toHaveLength(1);
  return { outcome: outcomes[0]!, events, asked, content: state.content };
}

describe('an answer of the server', () => {
  const old = entryOf('old', nowMs - 90_000);
  const fresh = answerOf('fresh', nowMs - 1000);

  it('with a config is told, and then stored', () => {
    const { events, outcome, asked } = play({ known: old, answer: fresh });
    expect(events).toEqual([
      ['told', 'fresh'],
      ['stored', 'fresh', nowMs - 1000],
    ]);
    expect([outcome, asked]).toEqual([{ ...fresh, checked: undefined }, [old]]);
  });

  it('that vouches for what is known is stored with its times, and nothing is where nothing is known', () => {
    const { events, outcome } = play({ known: old, answer: vouched });
    expect(events).toEqual([
      ['told', undefined],
      ['stored', 'old', checked.fetchedAtMs],
    ]);
    expect(outcome.checked).toEqual(checked);
    expect(play({ answer: vouched }).events).toEqual([['told', undefined]]);
  });

  it('that is a failure is not stored', () => {
    const { events, outcome } = play({ known: old, answer: refused });
    expect([events, outcome]).toEqual([[['told', undefined]], { ...refused, checked: undefined }]);
  });

  it('vouches for nothing that came meanwhile, unless that is the same', () => {
    const other = play({ known: old, brought: [entryOf('new', nowMs - 10)], answer: vouched });
    expect([other.outcome.checked, other.events]).toEqual([undefined, [['told', undefined]]]);
    const same = play({ known: old, brought: [entryOf('old', nowMs - 10)], answer: vouched });
    expect([same.outcome.checked, same.events[1]]).toEqual([checked, ['stored', 'old', checked.fetchedAtMs]]);
  });

  it.each<[string, Scene, boolean]>([
    ['newer than what came meanwhile', { brought: [entryOf('other', nowMs - 1001)], answer: fresh }, true],
    ['of the same time as that', { brought: [entryOf('other', nowMs - 1000)], answer: fresh }, true],
    ['older than that', { brought: [entryOf('other', nowMs - 999)], answer: fresh }, false],
    ['older, but demanded', { brought: [entryOf('other', nowMs - 999)], answer: fresh, isDemanded: true }, true],
    ['demanded where nothing came', { answer: fresh, isDemanded: true }, true],
    [
      'older than what was known before by a clock that was set back',
      { known: entryOf('old', nowMs - 10), answer: fresh },
      true,
    ],
  ])('that is %s is taken, and stored: %#', (_, scene, isTaken) => {
    const { outcome, events } = play({ known: old, ...scene });
    expect(outcome.patch.entry?.configText).toBe(isTaken ? 'fresh' : undefined);
    expect(events.slice(1)).toEqual(isTaken ? [['stored', 'fresh', nowMs - 1000]] : []);
  });

  it('with the text that is known already keeps the content of that', () => {
    const same = play({ known: entryOf('fresh', nowMs - 90_000), answer: fresh });
    expect(same.outcome.patch.content).toBe(same.content);
    const other = play({ known: old, answer: fresh });
    expect(other.outcome.patch.content).toBe(fresh.patch.content);
  });

  describe('beside a cache that orders its entries', () => {
    const news = (count: number) => Array.from({ length: count }, (_, i) => entryOf(`news ${i}`, 1));

    it.each([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 4],
      [9, 4],
    ])('is asked for again when that has brought something: %i times in a row, %i requests', (count, requests) => {
      const { asked, outcome } = play({ known: old, brought: news(count), answer: fresh, isOrdered: true });
      expect(asked.map(({ configText }) => configText)).toEqual(
        ['old', 'news 0', 'news 1', 'news 2'].slice(0, requests),
      );
      expect(outcome.patch.entry?.configText).toBe('fresh');
    });

    it.each<[string, Scene]>([
      ['the cache does not order them', { brought: news(1), answer: fresh, isOrdered: false }],
      ['what came is what the server says', { brought: [entryOf('fresh', 1)], answer: fresh }],
      ['what came is what was known', { brought: [entryOf('old', 1)], answer: fresh }],
      ['the server had no config to give', { brought: news(1), answer: vouched }],
      ['it failed', { brought: news(1), answer: refused }],
    ])('is not asked for again where %s', (_, scene) => {
      expect(play({ known: old, isOrdered: true, ...scene }).asked).toHaveLength(1);
    });
  });
});
