import * as fc from 'fast-check';
import type { RandomConfig } from './arbitraries';
import { randomConfig } from './arbitraries';

/*
 * Config JSON that is damaged in one to three places: members dropped, renamed, retyped or nested deeply, text cut off,
 * overwritten or with keys that occur twice. Each damage is described by plain numbers, so that failures shrink.
 */

/** Texts of values that are not what the place expects, most of the time. */
const intruders = [
  'null',
  'true',
  '0',
  '-1',
  '1.5',
  '1e20',
  '1e999',
  '9007199254740993',
  '""',
  '"x"',
  '"\\ud800"',
  '"__proto__"',
  '[]',
  '[null]',
  '["a"]',
  '{}',
  '{"b":true}',
  '{"s":"x","i":1}',
  '{"__proto__":{"b":true}}',
  '{"u":{"a":"X","c":28,"s":"a"}}',
  nested('[', ']', 200),
  nested('{"a":', '}', 200, '1'),
  nested('[', ']', 20_000),
  nested('{"r":[', ']}', 5_000),
];

const names = ['p', 'f', 's', 'v', 't', 'r', 'c', 'u', 'a', 'l', 'd', 'i', 'b', '__proto__', 'constructor', ''];

function nested(open: string, close: string, depth: number, core = ''): string {
  return open.repeat(depth) + core + close.repeat(depth);
}

/** Stands for an intruder while a document is being damaged, so that documents stay easy to walk. */
const standIn = (index: number) => `"intruder ${index}"`;
const withIntruders = (text: string) =>
  intruders.reduce((full, intruder, index) => full.replaceAll(standIn(index), () => intruder), text);

/** A damage: to the text of a document, at a place that is counted modulo the number of places. */
type Damage = (text: string, at: number, intruder: string, name: string) => string;

interface Member {
  readonly owner: Record<string, unknown>;
  readonly name: string;
}

/** Every member of every object and list in a document. */
function membersOf(value: unknown): Member[] {
  if (typeof value !== 'object' || value === null) return [];
  // Lists have members, too, and their names are numbers.
  const owner = value as Record<string, unknown>;
  return Object.keys(owner).flatMap((name) => [{ owner, name }, ...membersOf(owner[name])]);
}

/** A damage to the document that a text stands for; texts that are no JSON any more stay as they are. */
function toMember(damage: (member: Member, name: string, intruder: unknown) => void): Damage {
  return (text, at, intruder, name) => {
    const document = parse(text);
    const members = membersOf(document);
    if (members.length === 0) return intruder;
    damage(members[at % members.length]!, name, JSON.parse(intruder));
    return JSON.stringify(document);
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function define(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Position of one of the places where a character stands. */
function placeOf(text: string, character: string, at: number): number {
  const places = Array.from(text.matchAll(new RegExp(`\\${character}`, 'g')), ({ index }) => index);
  return places.length === 0 ? 0 : places[at % places.length]!;
}

const damages: readonly Damage[] = [
  toMember(({ owner, name }) => {
    if (Array.isArray(owner)) owner.splice(Number(name), 1);
    else Reflect.deleteProperty(owner, name);
  }),
  toMember(({ owner, name }, _, intruder) => define(owner, name, intruder)),
  toMember(({ owner, name }) => define(owner, name, [owner[name]])),
  toMember(({ owner, name }, newName) => {
    if (Array.isArray(owner)) return;
    const value = owner[name];
    Reflect.deleteProperty(owner, name);
    define(owner, newName, value);
  }),
  // A key that occurs twice: what comes last counts.
  (text, at, intruder, name) => {
    const place = placeOf(text, '{', at) + 1;
    const comma = text[place] === '}' ? '' : ',';
    return `${text.slice(0, place)}${JSON.stringify(name)}:${intruder}${comma}${text.slice(place)}`;
  },
  (text, at, intruder, name) => {
    const place = placeOf(text, '}', at);
    const comma = text[place - 1] === '{' ? '' : ',';
    return `${text.slice(0, place)}${comma}${JSON.stringify(name)}:${intruder}${text.slice(place)}`;
  },
  (text, at) => text.slice(0, at % (text.length + 1)),
  (text, at, _, name) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + (name[0] ?? '"') + text.slice(place + 1);
  },
  (text, _, intruder) => text + intruder,
];

const damage = fc.tuple(
  fc.constantFrom(...damages),
  fc.nat(100_000),
  fc.nat(intruders.length - 1).map(standIn),
  fc.constantFrom(...names),
);

/** Random configs with one to three damages. Some remain valid, and then must be evaluated. */
export const malformedConfig: fc.Arbitrary<RandomConfig> = fc
  .tuple(randomConfig, fc.array(damage, { minLength: 1, maxLength: 3 }))
  .map(([{ text, keys }, all]) => ({
    keys,
    text: withIntruders(all.reduce((damaged, [harm, at, intruder, name]) => harm(damaged, at, intruder, name), text)),
  }));
