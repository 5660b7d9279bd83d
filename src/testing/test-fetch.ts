import type { FetchFunction, FetchResponse } from '../index.js';

/**
 * How a fetch fails: no answer at all (error code 1103), none within `requestTimeoutMs` (1102), something that is no
 * config JSON (1105), or an HTTP status (1100 for 403 and 404, else 1101).
 */
export type TestFailure = 'no-answer' | 'timeout' | 'invalid-config' | number;

/** Requires a failure that is one. */
export function requireFailure(how: TestFailure): void {
  const isStatus =
    typeof how === 'number' && Number.isInteger(how) && how >= 100 && how <= 599 && how !== 200 && how !== 304;
  if (isStatus || how === 'no-answer' || how === 'timeout' || how === 'invalid-config') return;
  const expected = "'no-answer', 'timeout', 'invalid-config' or an HTTP status other than 200 and 304";
  throw new RangeError(`Invalid argument \`how\`. Expected ${expected}, got ${how}.`);
}

/** Answers that the config is up to date, which it is because clients read their cache first, or fails as it is told. */
export function testFetch(failure: () => TestFailure | undefined): FetchFunction {
  return (_, { signal }) => {
    const how = failure();
    switch (how) {
      case undefined:
        return Promise.resolve(toResponse(304, ''));
      case 'invalid-config':
        return Promise.resolve(toResponse(200, '<html>'));
      case 'no-answer':
        return Promise.reject(new Error('The test client was told to fail.'));
      case 'timeout':
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('The request was aborted.'));
          });
        });
      default:
        return Promise.resolve(toResponse(how, ''));
    }
  };
}

function toResponse(status: number, body: string): FetchResponse {
  return { status, statusText: '', headers: { get: () => null }, text: () => Promise.resolve(body) };
}
