/** What the flag says when it cannot be evaluated. */
export const defaultVersion = -1;

/** A config JSON whose flag `version` says which edit it is, for every user. */
export function configOf(version: number): object {
  return {
    f: {
      version: {
        t: 2,
        v: { i: version },
        r: [{ c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { i: version } } }],
      },
    },
  };
}

/** As all ConfigCat SDKs store it. */
export function cacheTextOf(version: number, fetchedAtMs: number): string {
  return `${fetchedAtMs}\nW/"peer-${version}"\n${JSON.stringify(configOf(version))}`;
}

/** Which edit a stored text holds; `undefined` when it is no good. */
export function versionIn(cacheText: string): number | undefined {
  const [, , body = ''] = cacheText.split('\n', 3);
  const version = /^\{"f":\{"version":\{"t":2,"v":\{"i":(\d+)\}/.exec(body.trim())?.[1];
  return version === undefined ? undefined : Number(version);
}
