/** `String(value)` that survives symbols and objects whose conversion fails. */
export function displayText(value: unknown): string {
  if (typeof value === 'symbol') return '[symbol]';
  try {
    return String(value);
  } catch {
    try {
      if (typeof (value as { toString?: unknown }).toString !== 'function')
        return Object.prototype.toString.call(value);
    } catch {
      // Whatever it is, it does not let itself be looked at.
    }
    return '[unknown]';
  }
}
