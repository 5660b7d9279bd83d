import type { Observable } from 'rxjs';
import { Observable as NewObservable } from 'rxjs';
import { requireEvaluable } from '../arguments.js';
import { requireInitialPolicy } from '../client/options.js';
import type { Core } from '../core/source.js';
import { valueOf } from '../core/evaluate.js';
import { partOf } from '../core/source.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { View } from './subscriber-groups.js';
import { createFanOut } from './fan-out.js';
import type { FlagStreamOptions } from './stream.js';
import { flagStream } from './stream.js';
import type { UserSource } from './users.js';
import { usersOf } from './users.js';

const valueView: View<DefaultValue> = {
  evaluate: (snapshot, key, fallback, user) => valueOf(snapshot, 'flag$', key, fallback, user),
  isSame: Object.is,
  ages: false,
};

/** The value that a user is to see, each time that it changes. See `ConfigCatClient.flag$`. */
export function flag$(
  core: Core,
  key: string,
  first?: DefaultValue | UserSource,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<DefaultValue> {
  const isUser = typeof first === 'object' && first !== null && user === undefined;
  const question = isUser ? { key, fallback: undefined, user: first } : { key, fallback: first as DefaultValue, user };
  return answers$(core, valueView, () => question.fallback, question, options);
}

/** What is asked of a flag, by whom. */
export interface FlagQuestion {
  readonly key: string;
  readonly fallback: DefaultValue;
  readonly user: UserSource | undefined;
}

/** The answers to a question about a flag, each a place in the fan-out of the client. */
export function answers$<T>(
  core: Core,
  view: View<T>,
  initialValue: () => T,
  { key, fallback, user }: FlagQuestion,
  { initial = core.options.initial }: FlagStreamOptions = {},
): Observable<T> {
  requireEvaluable(key, fallback, user);
  requireInitialPolicy('options.initial', initial);
  return flagStream(core, {
    answers$: (copy) =>
      new NewObservable<T>((subscriber) => {
        partOf(core, createFanOut).attach({ view, key, fallback, user: copy }, subscriber);
      }),
    isSame: view.isSame,
    initialValue,
    users: usersOf(core, user),
    initial,
  });
}
