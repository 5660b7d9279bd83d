import { createContext, Script } from 'node:vm';
import { LogLevel } from '@configcat/sdk';
import type { EvaluationDetails, Snapshot, User } from '../../src';
import { createClient, manualPoll } from '../../src';
import { sdkKey } from './client';
import { createOracle } from './oracle';

/** What a caller gets of one flag, without the reasons. */
export type Outcome = readonly [kind: 'value' | 'default', value: unknown];

/**
 * Evaluates flags for users, the same with either SDK, through its public API: first all flags that it knows, then those
 * that are asked for; and last of all a search for a variation ID.
 */
export type Answers = (text: string, keys: readonly string[], users: readonly (() => User | undefined)[]) => Outcome[];

const variationId = 'v1';

/** What our client answers. */
export const answersHere =
  (logLevel: 'warn' | 'info' = 'warn'): Answers =>
  (text, keys, users) => {
    const client = createClient(sdkKey, {
      polling: manualPoll(),
      cache: { get: () => `1\n"e"\n${text}`, set: () => undefined },
      logger: { log: () => undefined },
      logLevel,
    });
    try {
      const snapshot: Snapshot = client.snapshot();
      const ofUser = (makeUser: () => User | undefined) => [
        ...Object.entries(snapshot.values(makeUser()))
          .filter(isAskable)
          .map(([, value]) => orDefault(value)),
        ...keys.map((key) => toOutcome(snapshot.details(key, null, makeUser()))),
      ];
      return [...users.flatMap(ofUser), orDefault(snapshot.keyAndValue(variationId))];
    } finally {
      client.dispose();
    }
  };

/** What the official SDK answers. */
export const answersThere: Answers = (text, keys, users) => {
  const oracle = createOracle(text, LogLevel.Error);
  try {
    const ofUser = (makeUser: () => User | undefined) =>
      [...oracle.keys().filter((key) => isAskable([key])), ...keys].map((key) =>
        toOutcome(oracle.details(key, null, makeUser())),
      );
    return [...users.flatMap(ofUser), orDefault(oracle.keyAndValue(variationId))];
  } finally {
    oracle.dispose();
  }
};

/** No SDK answers for a key without characters, though a config can have one. */
const isAskable = ([key]: readonly [key: string, ...unknown[]]) => key !== '';

const orDefault = (value: unknown): Outcome => [value === null ? 'default' : 'value', value];

const toOutcome = ({ isDefaultValue, value }: Pick<EvaluationDetails, 'isDefaultValue' | 'value'>): Outcome => [
  isDefaultValue ? 'default' : 'value',
  value,
];

const hangMs = 20_000;
const room: { act: () => void } = createContext({ act: () => undefined }) as { act: () => void };
const step = new Script('act()');

/** Runs what might never end, and then throws instead of never ending: no timer could interrupt it. */
export function guarded<T>(act: () => T): T {
  let result: { readonly value: T } | undefined;
  room.act = () => {
    result = { value: act() };
  };
  step.runInContext(room, { timeout: hangMs });
  return result!.value;
}
