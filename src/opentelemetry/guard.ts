import { guarded } from '../arguments.js';
import type { FlagSource } from '../functions.js';
import { reportFailure } from '../functions.js';

/**
 * Calls what belongs to others: exporters, functions that redact. The first failure is logged (event 1003); the others have
 * probably the same cause, and would be as many as there are evaluations.
 */
export function guardedOnce(source: FlagSource, method: string): (call: () => unknown) => void {
  let isReported = false;
  return (call) => {
    guarded(call, (error) => {
      if (!isReported) reportFailure(source, method, error);
      isReported = true;
    });
  };
}
