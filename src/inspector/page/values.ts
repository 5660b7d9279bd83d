import { visible } from '../visible.js';

/** A value of a flag as people read it. */
export function show(value: unknown): string {
  if (value === undefined) return '(no value)';
  return value === null ? '(cannot be evaluated)' : JSON.stringify(value);
}

/** The key of a flag as people read it: one that is empty can be seen, too. */
export function showKey(key: string): string {
  return visible(key) || '(empty key)';
}

/** A time of day. */
export function clock(date: Date): string {
  return date.toLocaleTimeString();
}

/** How long ago, in the largest unit that says something. */
export function ago(from: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - from.getTime()) / 1000));
  if (seconds < 100) return `${seconds} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
