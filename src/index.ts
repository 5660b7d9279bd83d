export type { ConfigCache } from './acquisition/cache.js';
export type { KnownText } from './acquisition/cache-starting-with.js';
export { cacheStartingWith } from './acquisition/cache-starting-with.js';
export type { RefreshFailure, RefreshResult } from './acquisition/outcome.js';
export { parseAnyConfig as parseConfig } from './formats/parse-config.js';
export type { AutoPollOptions } from './acquisition/polling/auto.js';
export { autoPoll } from './acquisition/polling/auto.js';
export type { LazyLoadOptions } from './acquisition/polling/lazy.js';
export { lazyLoad } from './acquisition/polling/lazy.js';
export { manualPoll } from './acquisition/polling/manual.js';
export type { PollingMode } from './acquisition/polling/mode.js';
export {
  createClient,
  createClientWithAutoPoll,
  createClientWithLazyLoad,
  createClientWithManualPoll,
} from './client/create-client.js';
export type { FlagCore } from './client/create-core.js';
export type { TextCoreOptions } from './client/create-core-from-text.js';
export { createCoreFromText } from './client/create-core-from-text.js';
export type { ClientOptions } from './client/options.js';
export type { CommonOptions, InitialPolicy } from './core/options.js';
export type { SliceOptions } from './client/in-slices.js';
export { inSlices } from './client/in-slices.js';
export type { Delivery } from './core/options.js';
export { sharedClient } from './client/shared-client.js';
export type { ConfigChange } from './flags/changes.js';
export type { EvaluationDetails } from './core/types.js';
export { isSameEvaluation } from './flags/details.js';
export type { OverrideBehaviour, Overrides, OverrideSource } from './overrides/overlay.js';
export { flagOverrides } from './overrides/overlay.js';
export { copyUser } from './flags/users.js';
export type { CacheState } from './core/types.js';
export type { ClientEvent } from './core/events.js';
export type { HoldOption, Session, SessionStorage } from './session.js';
export type { Snapshot } from './core/types.js';
export type { FlagState, FlagStatus } from './flags/flag-state.js';
export type { JsonProblem, JsonResult } from './flags/json-schema.js';
export { parseFlagJson } from './flags/json-schema.js';
export type { ReadOptions } from './flags/reads.js';
export type { TextSnapshotOptions } from './flags/snapshot-of-text.js';
export { snapshotOfText } from './flags/snapshot-of-text.js';
export type { ClientStatus } from './flags/status.js';
export type { SessionOptions } from './flags/session.js';
export { session } from './flags/session.js';
export type { CookieOptions, RequestCookies } from './flags/session-cookies.js';
export { pageCookies, requestCookies } from './flags/session-cookies.js';
export type { HoldOptions } from './flags/held-source.js';
export type { FlagStreamOptions } from './flags/stream.js';
export type { HeldValue } from './evaluation/held-value.js';
export type { UserSource } from './flags/users.js';
export type { JsonMethods } from './client/json-methods.js';
export type { AnyClient, ConfigCatClient } from './client/types.js';
export { EvaluationErrorCode, RefreshErrorCode } from './errors.js';
export type {
  ExplainedCondition,
  ExplainedInvalidCondition,
  ExplainedOptions,
  ExplainedPrerequisite,
  ExplainedResult,
  ExplainedRule,
  ExplainedSegment,
  ExplainedSetting,
  ExplainedUserCondition,
  Explanation,
} from './evaluation/explanation.js';
export { describeChange, describeCondition } from './evaluation/change-text.js';
export type { SettingChange, SettingVersion } from './evaluation/changes.js';
export type { ChangeReason } from './evaluation/reuse.js';
export type { Watch } from './flags/watch.js';
export type { KeyAndValue } from './evaluation/variations.js';
export type { LogEntryLevel, LogFilter, Logger, LogLevel, LogParameters } from './logging/logger.js';
export { consoleLogger } from './logging/logger.js';
export { maskSdkKey } from './mask-sdk-key.js';
export type {
  ComparisonValue,
  Condition,
  Config,
  InvalidCondition,
  PercentageOption,
  Preferences,
  PrerequisiteCondition,
  Segment,
  SegmentCondition,
  ServedValue,
  Setting,
  SettingType,
  SettingValue,
  TargetingRule,
  UserCondition,
  ValueByType,
} from './model/config.js';
export type { AnyFlags, DefaultFor, FlagKey, FlagTypes, FlagValue, TextFlagKey, Widen } from './model/flag-types.js';
export type { JsonSnapshot } from './model/json-snapshot.js';
export type { JsonOf, JsonValue, SchemaIssue, SchemaResult, StandardSchema } from './model/standard-schema.js';
export type { User, UserAttributeValue } from './model/user.js';
export { isSameUser } from './model/user-copy.js';
export type { Exposure, ExposureOptions } from './operators/exposures.js';
export { exposures } from './operators/exposures.js';
export type { BooleanFlagKey, FlagBranch, FlagBranches } from './operators/switch-flag.js';
export { switchFlag } from './operators/switch-flag.js';
export { toAsyncIterable } from './operators/to-async-iterable.js';
export type { OverrideFlags, OverrideUpdate } from './overrides/layer.js';
export { OverrideProblem } from './overrides/layer.js';
export type { FetchFunction, FetchResponse } from './platform/platform.js';
export { version } from './version.js';
