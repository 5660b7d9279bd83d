/** The operations of an engine whose failures are reported. */
export type Operation = 'lease' | 'read' | 'write' | 'listen';

/** The failures of an engine, of which each cause is reported once. */
export interface Faults {
  /** Returns a number for an operation that begins now. */
  readonly begin: () => number;
  /** Records how the operation of that number ended: well, or with an error. */
  readonly note: (operation: Operation, begin: number, error?: unknown) => void;
  /** Throws the next failure that has not been reported yet, if there is one. */
  readonly throwPending: () => void;
}

/** The operations that have failed by one cause. */
interface Cause {
  readonly operations: Set<Operation>;
  /** When the last of them began. */
  begin: number;
}

/**
 * Collects failures, and reports a cause again only after it had gone away. It has gone when an operation succeeds that had
 * failed by it, and that began after all that failed by it. Listening has a connection of its own, which may come back
 * before or after that of the commands: where both had failed, both have to succeed. An operation that began before such a
 * success and fails later, as commands do that an outage has left behind, counts towards the cause that has gone.
 */
export function trackFaults(): Faults {
  const causes = new Map<string, Cause>();
  const pendingErrors: Error[] = [];
  let begins = 0;
  let gone: { readonly text: string; readonly begin: number } | undefined;

  const succeeded = (operation: Operation, begin: number) => {
    for (const [text, cause] of causes) {
      if (cause.begin > begin || !cause.operations.has(operation)) continue;
      for (const failed of cause.operations) {
        if ((failed === 'listen') === (operation === 'listen')) cause.operations.delete(failed);
      }
      if (cause.operations.size > 0) continue;
      causes.delete(text);
      gone = { text, begin };
    }
  };
  const failed = (operation: Operation, begin: number, failure: Error) => {
    const text = failure.message;
    if (gone?.text === text && begin < gone.begin) return;
    const known = causes.get(text);
    // An operation fails by one cause at a time.
    for (const [other, cause] of causes) {
      if (other !== text && cause.operations.delete(operation) && cause.operations.size === 0) causes.delete(other);
    }
    causes.set(text, {
      operations: new Set(known?.operations).add(operation),
      begin: Math.max(begin, known?.begin ?? 0),
    });
    if (!known) pendingErrors.push(failure);
  };

  return {
    begin: () => ++begins,
    note: (operation, begin, error) => {
      if (error === undefined) succeeded(operation, begin);
      else failed(operation, begin, error instanceof Error ? error : new Error('The engine failed.', { cause: error }));
    },
    throwPending: () => {
      const error = pendingErrors.shift();
      if (error) throw error;
    },
  };
}

/** Runs an operation, and records how it ended. */
export async function watched<T>(faults: Faults, operation: Operation, work: () => Promise<T>): Promise<T> {
  const begin = faults.begin();
  try {
    const result = await work();
    faults.note(operation, begin);
    return result;
  } catch (error) {
    faults.note(operation, begin, error);
    throw error;
  }
}

/** Runs an operation, and records how it ended; resolves with `undefined` when it failed. */
export function attempt<T>(faults: Faults, operation: Operation, work: () => Promise<T>): Promise<T | undefined> {
  return watched(faults, operation, work).catch(() => undefined);
}
