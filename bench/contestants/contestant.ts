import type { BenchUser, Flag, Value } from '../flags.js';

type MaybeAsync<T> = T | Promise<T>;

/** What a flag SDK has to offer to be measured; all of it through its public interface. */
export interface Contestant<User = unknown> {
  /** The family whose bucketing it shares: within one, split flags give every user the same answer. */
  readonly hash: string;
  /** Why it cannot stand for these flags; `undefined` when it can. */
  readonly cannot?: (flags: readonly Flag[]) => string | undefined;
  /** The text that its server would send for these flags. */
  readonly write: (flags: readonly Flag[]) => string;
  /** From that text in hand to ready for subscribers; only those who take part in E. */
  readonly openFanOut?: (text: string, isSliced?: boolean) => MaybeAsync<FanOut<User>>;
  /** From that text in hand to ready to evaluate. */
  readonly open: (text: string) => MaybeAsync<Opened<User>>;
}

/** A contestant with flags loaded. `value` and `all` answer synchronously where the SDK can. */
export interface Opened<User = unknown> {
  readonly user: (user: BenchUser) => User;
  readonly value: (key: string, fallback: Value, user: User) => unknown;
  /** The JSON of a text flag; only those who take part in J. */
  readonly json?: (key: string, user: User) => unknown;
  /** Values by key. `keys` are for the SDKs that have no such call of their own: they are asked key by key. */
  readonly all: (user: User, keys: readonly string[], fallbacks: readonly Value[]) => unknown;
  /** The values of these keys in what `all` returned. */
  readonly values: (all: unknown, keys: readonly string[]) => unknown[];
  readonly close: () => MaybeAsync<void>;
}

/** A contestant with flags loaded that others will replace. */
export interface FanOut<User = unknown> {
  readonly user: (user: BenchUser) => User;
  /** Tells of the present value and of each other one; the function returned ends that. */
  readonly subscribe: (key: string, user: User, tell: (value: unknown) => void) => () => void;
  /** Evaluates a flag once. */
  readonly value: (key: string, user: User) => unknown;
  /** Takes another text; resolves when everybody has been told. */
  readonly change: (text: string) => Promise<void>;
}

export const defineContestant = <User>(contestant: Contestant<User>) => contestant as Contestant;
