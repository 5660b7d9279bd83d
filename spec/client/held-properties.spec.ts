import * as fc from 'fast-check';
import { Subject } from 'rxjs';
import type { ConfigCatClient, Session, SessionStorage } from '../../src';
import { createClient, manualPoll, session } from '../../src';
import { sdkKey } from '../support/client';
import type { Recording } from '../support/record';
import { record } from '../support/record';

const identifiers = ['kate', 'leo', 'mia'] as const;
type Identifier = (typeof identifiers)[number] | 'nobody';

/** Something that happens, and to whom, where it happens to somebody. */
interface Step {
  readonly do: 'config' | 'reload' | 'release' | 'end' | 'show' | 'read' | 'log in';
  readonly user: Identifier;
}

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('config', 'config', 'reload', 'release', 'end', 'show', 'show', 'read', 'log in'),
  user: fc.constantFrom(...identifiers),
});

/** Serves each user a value that names him, and the number of the config. */
function configNumber(number: number): string {
  const rules = identifiers.map((id) => ({
    c: [{ u: { a: 'Identifier', c: 28, s: id } }],
    s: { v: { s: `${id} ${number}` } },
  }));
  return JSON.stringify({ f: { flag: { t: 1, v: { s: `nobody ${number}` }, r: rules } } });
}

/** A page: what a reload takes away, and the storage leaves. */
class Page {
  readonly hold: Session;
  readonly client: ConfigCatClient;
  /** Whom the default user stands for. */
  loggedIn: Identifier = 'nobody';
  private readonly release$ = new Subject<unknown>();
  private readonly changed$ = new Subject<void>();
  private readonly defaults: Recording<string>;
  private readonly shown: { readonly by: Identifier; readonly recording: Recording<string> }[] = [];

  constructor(
    storage: SessionStorage,
    private number: number,
  ) {
    this.hold = session({ storage: { ...storage }, release$: this.release$ });
    this.client = createClient(sdkKey, {
      polling: manualPoll(),
      initial: 'cached',
      logLevel: 'off',
      hold: this.hold,
      cache: {
        get: () => `${this.number}\n"e"\n${configNumber(this.number)}`,
        set: () => undefined,
        changes$: this.changed$,
      },
    });
    // What releases is followed as soon as a stream shows something.
    this.defaults = record(this.client.flag$('flag', ''));
  }

  next(): void {
    this.number++;
    this.changed$.next();
  }

  release(): void {
    this.release$.next('now');
  }

  logIn(by: Identifier): void {
    this.client.setDefaultUser({ identifier: by });
    this.loggedIn = by;
  }

  show(by: Identifier): void {
    this.shown.push({ by, recording: record(this.client.flag$('flag', '', { identifier: by })) });
  }

  /** What each user sees: in each of his streams, and for whoever looks. */
  views(): readonly (readonly [by: Identifier, value: string])[] {
    const snapshot = this.client.snapshot();
    return [
      [this.loggedIn, this.defaults.values.at(-1)!],
      [this.loggedIn, snapshot.value('flag', '')],
      ...this.shown.map(({ by, recording }) => [by, recording.values.at(-1)!] as const),
      ...this.shown.map(({ by }) => [by, snapshot.value('flag', '', { identifier: by })] as const),
    ];
  }

  values(): readonly (readonly [by: Identifier, values: readonly string[]])[] {
    return this.shown.map(({ by, recording }) => [by, recording.values] as const);
  }
}

describe('held flags, whatever happens', () => {
  it('have one value per session and user until they are released, and nobody sees that of another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const items = new Map<string, string>();
        const storage: SessionStorage = {
          getItem: (name) => items.get(name),
          setItem: (name, text) => void items.set(name, text),
          removeItem: (name) => void items.delete(name),
        };
        let number = 1;
        let page = new Page(storage, number);
        // What a user must see, from the first look on.
        const held = new Map<Identifier, string>();
        const look = (by: Identifier, value: string): void => {
          if (!held.has(by)) held.set(by, `${by} ${number}`);
          expect(value).toBe(held.get(by));
        };
        const lookAround = () => {
          for (const [by, value] of page.views()) look(by, value);
        };
        lookAround();
        for (const current of steps) {
          if (current.do === 'config') {
            number++;
            page.next();
          } else if (current.do === 'reload') {
            page.client.dispose();
            page = new Page(storage, number);
          } else if (current.do === 'release' || current.do === 'end') {
            if (current.do === 'end') page.hold.end();
            else page.release();
            held.clear();
          } else if (current.do === 'show') {
            page.show(current.user);
          } else if (current.do === 'read') {
            look(current.user, await page.client.getValue('flag', '', { identifier: current.user }));
          } else {
            if (page.loggedIn !== current.user) held.delete(page.loggedIn);
            page.logIn(current.user);
          }
          // Others who show a user who has been left look again once all have left him.
          await Promise.resolve();
          lookAround();
          for (const [by, values] of page.values()) for (const value of values) expect(value.split(' ')[0]).toBe(by);
        }
        page.client.dispose();
      }),
      { numRuns: 60 },
    );
  });
});
