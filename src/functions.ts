/*
 * The entry `configcat-rx/core`: a client without methods, and its questions as functions, of which a bundle has those
 * that are imported. They take a client of the package root as well.
 */
export type { ConfigCache } from './acquisition/cache.js';
export type { KnownText } from './acquisition/cache-starting-with.js';
export { cacheStartingWith } from './acquisition/cache-starting-with.js';
export type { ExternalCache } from './acquisition/external-cache.js';
export { externalCache } from './acquisition/external-cache.js';
export type { RefreshFailure, RefreshResult } from './acquisition/outcome.js';
export type { AutoPollOptions } from './acquisition/polling/auto.js';
export { autoPoll } from './acquisition/polling/auto.js';
export type { LazyLoadOptions } from './acquisition/polling/lazy.js';
export { lazyLoad } from './acquisition/polling/lazy.js';
export { manualPoll } from './acquisition/polling/manual.js';
export type { PollingMode } from './acquisition/polling/mode.js';
export type { RefreshHints, RefreshOnOptions } from './acquisition/refresh-on.js';
export { refreshOn } from './acquisition/refresh-on.js';
export type { CoreOptions, FlagCore } from './client/create-core.js';
export { createCore } from './client/create-core.js';
export type { TextCoreOptions } from './client/create-core-from-text.js';
export { createCoreFromText } from './client/create-core-from-text.js';
export type { ValuesCore, ValuesCoreOptions } from './client/create-core-from-values.js';
export { createCoreFromValues } from './client/create-core-from-values.js';
export { logTexts } from './client/log-texts.js';
export type { ClientEvent } from './core/events.js';
export type { CommonOptions, InitialPolicy } from './core/options.js';
export type { LogTexts } from './core/evaluate.js';
export type { SliceOptions } from './client/in-slices.js';
export { inSlices } from './client/in-slices.js';
export type { Delivery } from './core/options.js';
export type { HoldOption, Session, SessionStorage } from './session.js';
export type { FlagSource } from './core/source.js';
export type { CacheState, CoreSnapshot, EvaluationDetails } from './core/types.js';
export type { DehydrateOptions } from './decided/dehydrate-values.js';
export { dehydrateValues } from './decided/dehydrate-values.js';
export { allFlags$ } from './flags/all-flags.js';
export type { ConfigChange } from './flags/changes.js';
export { changes$ } from './flags/changes.js';
export { isSameEvaluation } from './flags/details.js';
export type { EventOptions } from './flags/events.js';
export { events$ } from './flags/events.js';
export { flagDetails$ } from './flags/flag-details.js';
export type { FlagState, FlagStatus } from './flags/flag-state.js';
export { flagState$ } from './flags/flag-state.js';
export { flag$ } from './flags/flag.js';
export { flags$ } from './flags/flags.js';
export { forManyUsers } from './flags/for-many-users.js';
export { json$ } from './flags/json.js';
export { getJson, json, jsonDetails } from './flags/json-reads.js';
export type { HeldSource, HoldOptions } from './flags/held-source.js';
export { heldSource, withHold } from './flags/held-source.js';
export type { JsonProblem, JsonResult } from './flags/json-schema.js';
export { parseFlagJson } from './flags/json-schema.js';
export { keys$ } from './flags/keys.js';
export { leaveUser } from './flags/leave-user.js';
export { details, keyAndValue, keys, setting, values } from './flags/of-snapshot.js';
export { isOnline, setOnline } from './flags/online.js';
export type { ReadOptions } from './flags/reads.js';
export {
  getAllKeys,
  getAllValueDetails,
  getAllValues,
  getKeyAndValue,
  getValue,
  getValueDetails,
  waitForReady,
} from './flags/reads.js';
export { isReady, ready$ } from './flags/ready.js';
export { snapshot$ } from './flags/snapshots.js';
export type { TextSnapshotOptions } from './flags/snapshot-of-text.js';
export { snapshotOfText } from './flags/snapshot-of-text.js';
export type { ClientStatus } from './flags/status.js';
export { currentStatus, status$ } from './flags/status.js';
export type { SessionOptions } from './flags/session.js';
export { session } from './flags/session.js';
export type { CookieOptions, RequestCookies } from './flags/session-cookies.js';
export { pageCookies, requestCookies } from './flags/session-cookies.js';
export type { Shown } from './flags/session-mark.js';
export { sessionMark } from './flags/session-mark.js';
export type { FlagStreamOptions } from './flags/stream.js';
export type { HeldValue } from './evaluation/held-value.js';
export type { ResultReason } from './flags/telemetry.js';
export { configVersion, flagSetId, reportFailure, resultReason, subscriberCount } from './flags/telemetry.js';
export type { UserSource } from './flags/users.js';
export { copyUser, userKey } from './flags/users.js';
export type { Watch } from './flags/watch.js';
export { watch } from './flags/watch.js';
export { configV5 } from './formats/v5.js';
export type { ConfigFormat } from './model/format.js';
export type { SettingValue } from './model/config.js';
export type { AnyFlags, DefaultFor, FlagKey, FlagTypes, FlagValue, TextFlagKey, Widen } from './model/flag-types.js';
export type { JsonSnapshot } from './model/json-snapshot.js';
export type { JsonOf, JsonValue, SchemaIssue, SchemaResult, StandardSchema } from './model/standard-schema.js';
export type { User } from './model/user.js';
export { isSameUser } from './model/user-copy.js';
export type { Exposure, ExposureOptions } from './operators/exposures.js';
export { exposures } from './operators/exposures.js';
export type { BooleanFlagKey, FlagBranch, FlagBranches } from './operators/switch-flag.js';
export { switchFlag } from './operators/switch-flag.js';
export { toAsyncIterable } from './operators/to-async-iterable.js';
