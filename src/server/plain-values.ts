/**
 * The config JSON that the text of a file stands for: itself, or that of plain values by key, as overrides use them:
 * `{"flags": {"darkMode": true}}`.
 *
 * @throws Error when it is JSON of something else, which clients would take for a config without flags.
 */
export function servedTextOf(text: string): string {
  const document = parse(text);
  if (!isRecord(document)) return text;
  const { flags } = document;
  if (isRecord(flags)) return JSON.stringify({ f: Object.fromEntries(Object.entries(flags).map(toSetting)) });
  const names = Object.keys(document);
  if (names.length === 0 || names.some((name) => ['f', 'p', 's'].includes(name))) return text;
  throw new Error(
    `It has no settings, but ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}. ` +
      'Expected a config JSON, or plain values as {"flags": {"darkMode": true}}.',
  );
}

function toSetting([key, value]: readonly [string, unknown]): readonly [string, object] {
  switch (typeof value) {
    case 'boolean':
      return [key, { t: 0, v: { b: value } }];
    case 'string':
      return [key, { t: 1, v: { s: value } }];
    case 'number':
      return [key, { t: 3, v: { d: value } }];
    default:
      throw new Error(`The plain value of '${key}' is neither true or false, nor a text, nor a number.`);
  }
}

/** Whoever reads the text as a config says better what is wrong with it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
