/**
 * Goes through what a key depends on, dependencies first. Without recursion: chains of prerequisite flags may be longer
 * than the stack is high, and what they come to must not depend on how much of it is left.
 *
 * @param enter - gives the dependencies of a key, or `undefined` when there is nothing to be done for it.
 * @param leave - called with each key that was entered, after its dependencies.
 */
export function dependenciesFirst(
  key: string,
  enter: (key: string) => Iterable<string> | undefined,
  leave: (key: string) => void,
): void {
  const stack: { readonly key: string; readonly rest: Iterator<string> }[] = [];
  const open = (next: string) => {
    const dependencies = enter(next);
    if (dependencies) stack.push({ key: next, rest: dependencies[Symbol.iterator]() });
  };
  open(key);
  for (let top = stack[0]; top; top = stack[stack.length - 1]) {
    const next = top.rest.next();
    if (next.done !== true) open(next.value);
    else {
      stack.pop();
      leave(top.key);
    }
  }
}
