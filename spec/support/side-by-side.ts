/**
 * Specifies cases that mostly wait, and have nothing in common: all begin at the same time, and each is a spec of its own. None
 * may lean on `beforeEach` or `afterEach`.
 */
export function sideBySide(cases: Readonly<Record<string, () => Promise<unknown>>>): void {
  const running = new Map<string, Promise<unknown>>();

  beforeAll(() => {
    for (const [name, run] of Object.entries(cases)) {
      const result = run();
      // It is the spec of this name that tells of a failure, when its turn has come.
      result.catch(() => undefined);
      running.set(name, result);
    }
  });

  it.each(Object.keys(cases))('%s', async (name) => {
    await running.get(name);
  });
}
