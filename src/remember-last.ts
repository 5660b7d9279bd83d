/** Gives the same result for the same arguments as at the last time. */
export function rememberLast<A extends unknown[], R>(create: (...args: A) => R): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | undefined;
  return (...args) => {
    if (!last || !isSameList(last.args, args)) last = { args, result: create(...args) };
    return last.result;
  };
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
