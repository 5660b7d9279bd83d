import { visible } from '../visible.js';

/** Formats the value of a flag. */
export function formatValue(value: unknown): string {
  if (value === undefined) return '(no value)';
  return value === null ? '(cannot be evaluated)' : JSON.stringify(value);
}

/** Formats the key of a flag; an empty one as `(empty key)`. */
export function formatKey(key: string): string {
  return visible(key) || '(empty key)';
}

/** Formats a time of day. */
export function formatTime(date: Date): string {
  return date.toLocaleTimeString();
}

/** Formats the time since a date, in the largest unit that fits. */
export function formatAge(from: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - from.getTime()) / 1000));
  if (seconds < 100) return `${seconds} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
