import { useEffect, useRef } from 'react';
import type { FlagSource, User } from '../functions.js';
import { copyUser, isSameUser, leaveUser } from '../functions.js';

let isWarned = false;

/**
 * A copy of the user, so that components follow whoever it is made of and not an object that may change: the same copy
 * as long as the attributes are the same, whether the user is made anew with each render or not. Whoever is replaced by another
 * one is left: nothing is held for him any more.
 */
export function useUser(source: FlagSource, given: User | undefined): User | undefined {
  const last = useRef<{ readonly copy: User | undefined }>(undefined);
  const before = last.current?.copy;
  // Of equal copies it does not matter which one a render that is given up leaves here.
  if (!last.current || !isSameUser(before, given)) last.current = { copy: given && copyUser(given) };
  const { copy } = last.current;
  // Renders that are given up leave nobody.
  const shown = useRef(copy);
  useEffect(() => {
    const left = shown.current;
    shown.current = copy;
    if (left && !isSameUser(left, copy)) leaveUser(source, left);
  }, [copy]);
  const culprit = before && copy && before !== copy ? incomparable(before, copy) : undefined;
  useEffect(() => {
    if (culprit === undefined || isWarned) return;
    isWarned = true;
    console.warn(
      `configcat-rx: the user of a hook or provider has been made anew, and its attribute '${culprit}' is an object that is ` +
        'equal to nothing but itself: whatever follows the user begins again with each render. Give texts, numbers, dates ' +
        'or lists, or make the user once (useMemo).',
    );
  }, [culprit]);
  return copy;
}

/** A custom attribute that tells two users apart only because it is an object of its own each time. */
function incomparable(a: User, b: User): string | undefined {
  const [left, right] = [a, b].map(({ custom }) => (custom ?? {}) as Readonly<Record<string, unknown>>);
  try {
    const names = Object.keys(right!).filter((name) => isObject(left![name]) && isObject(right![name]));
    const isAlone = (name: string) =>
      isSameUser({ ...a, custom: { ...a.custom, [name]: '' } }, { ...b, custom: { ...b.custom, [name]: '' } });
    return names.find((name) => !Object.isFrozen(right![name]) && !(right![name] instanceof Date) && isAlone(name));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
