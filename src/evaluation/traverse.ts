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
  const outermost = enter(key)?.[Symbol.iterator]();
  if (!outermost) return;
  let next = outermost.next();
  // Mostly there are none.
  if (next.done !== true) {
    const stack = [{ key, rest: outermost }];
    for (let top = stack[0]!; next.done !== true || stack.length > 1; next = top.rest.next()) {
      if (next.done === true) {
        stack.pop();
        leave(top.key);
      } else {
        const dependencies = enter(next.value);
        if (dependencies) stack.push({ key: next.value, rest: dependencies[Symbol.iterator]() });
      }
      top = stack[stack.length - 1]!;
    }
  }
  leave(key);
}
