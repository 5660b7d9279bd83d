/** What a flag says when it cannot be evaluated. */
export const defaultVersion = -1;

/** Whom flags of users are evaluated for. */
export const known = { identifier: 'kate' };

const documents = new Map<number, string>();

/**
 * A config JSON whose flags say which edit it is: `version` and `twin` for all users, `owner` and `mate` also for whom,
 * as `7 kate`.
 */
export function documentOf(version: number): string {
  let text = documents.get(version);
  if (text === undefined) documents.set(version, (text = JSON.stringify(configOf(version))));
  return text;
}

export function configOf(version: number): object {
  const number = { t: 2, v: { i: version } };
  const rule = { c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { s: `${version} kate` } } };
  const text = { t: 1, v: { s: `${version} nobody` }, r: [rule] };
  return { f: { version: number, twin: number, owner: text, mate: text } };
}

/** What the server calls an edit. */
export function etagOf(version: number): string {
  return `W/"edit-${version}"`;
}

/** As all ConfigCat SDKs store it. */
export function cacheTextOf(version: number, timeMs: number, etag: string): string {
  return `${timeMs}\n${etag}\n${documentOf(version)}`;
}

/** Which edit a stored text holds; `undefined` when it is no good. */
export function versionIn(cacheText: string | undefined): number | undefined {
  const version = /\n\{"f":\{"version":\{"t":2,"v":\{"i":(\d+)\}/.exec(cacheText ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}
