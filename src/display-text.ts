/** `String(value)` that survives symbols and objects whose conversion fails. */
export function displayText(value: unknown): string {
  if (typeof value === 'symbol') return '[symbol]';
  try {
    return String(value);
  } catch {
    return hasConversion(value) ? '[unknown]' : Object.prototype.toString.call(value);
  }
}

function hasConversion(value: unknown): boolean {
  try {
    return typeof (value as { toString?: unknown }).toString === 'function';
  } catch {
    // Whatever it is, it does not let itself be looked at.
    return true;
  }
}
