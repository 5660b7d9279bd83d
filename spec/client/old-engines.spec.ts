import { runChild } from '../support/child';
import { sdkKey } from '../support/client';

describe('a client in an engine without newer built-ins', () => {
  it('answers as it does anywhere', async () => {
    const { lines, ended } = runChild('old-engine', sdkKey);
    expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      true,
      { good: true, bad: null, hashed: 'off', version: 'newer', split: 'all', segment: 'in' },
      6,
      'in',
      1,
      true,
      { good: true, split: 'all' },
      true,
      { old: 'on' },
      7,
      { a: 1 },
      [1103, false],
      true,
    ]);
  }, 60_000);
});
