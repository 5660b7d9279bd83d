/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { ConfigCatClient } from '../../src';
import { createClient } from '../../src';
import type { TestClient } from '../../src/testing';
import type { Flags } from './is.js';
import { is } from './is.js';

declare const typed: ConfigCatClient<Flags>;
declare const test: TestClient;

export async function disposed(): Promise<void> {
  using client = createClient('key');
  // eslint-disable-next-line @typescript-eslint/await-thenable -- By a mapped type, which the rule does not look into.
  await using other = createClient<Flags>('key');
  is<ConfigCatClient>()(client);
  is<ConfigCatClient<Flags>>()(other);
  typed[Symbol.dispose]();
  is<Promise<void>>()(test[Symbol.asyncDispose]());
  is<Disposable & AsyncDisposable>()(typed as Disposable & AsyncDisposable);
  // @ts-expect-error nothing but disposal goes by a symbol of the language
  is<never>()(typed[Symbol.iterator]);
}
