/** A config JSON that is well-formed, but means nothing: evaluation stops and the default value is served. */
export class InvalidConfigModelError extends Error {
  override readonly name = 'InvalidConfigModelError';
}

/** An evaluation that the caller asked for in a way the config cannot answer. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/**
 * Why an evaluation served the default value. Source: protocol section 11.
 *
 * @example
 * if (details.errorCode === EvaluationErrorCode.SettingKeyMissing) console.warn('no such flag');
 */
export const EvaluationErrorCode = {
  /** Anything not named below, for instance an attribute whose getter throws. */
  UnexpectedError: -1,
  /** The value comes from the config. */
  None: 0,
  /** The config JSON means nothing at the point that evaluation reached. */
  InvalidConfigModel: 1,
  /** The default value's type does not fit the setting's type. */
  SettingValueTypeMismatch: 2,
  /** There is no config JSON yet. */
  ConfigJsonNotAvailable: 1000,
  /** The config JSON has no such key. */
  SettingKeyMissing: 1001,
  /** The text of the setting is no JSON that the schema fits. */
  JsonInvalid: 1900,
} as const;
export type EvaluationErrorCode = (typeof EvaluationErrorCode)[keyof typeof EvaluationErrorCode];

/**
 * Why a refresh failed. Source: protocol section 8.6.
 *
 * @example
 * const result = await client.forceRefresh();
 * if (result.errorCode === RefreshErrorCode.InvalidSdkKey) throw result.exception;
 */
export const RefreshErrorCode = {
  /** Anything not named below, for instance a client that was disposed meanwhile. */
  UnexpectedError: -1,
  /** The refresh succeeded. */
  None: 0,
  /** The client has nothing but local overrides. */
  LocalOnlyClient: 1,
  /** The server answered 403 or 404. */
  InvalidSdkKey: 1100,
  /** The server answered with another status than 200, 304, 403 or 404. */
  UnexpectedHttpResponse: 1101,
  /** No complete answer within `requestTimeoutMs`. */
  HttpRequestTimeout: 1102,
  /** No answer at all: name resolution, connection, TLS, a broken body. */
  HttpRequestFailure: 1103,
  /** The answer was no valid config JSON. */
  InvalidHttpResponseContent: 1105,
  /** The server answered 304, but no config is known that could be up to date. */
  InvalidHttpResponseWhenLocalCacheIsEmpty: 1106,
  /** The client is offline and has no external cache to ask. */
  OfflineClient: 3200,
} as const;
export type RefreshErrorCode = (typeof RefreshErrorCode)[keyof typeof RefreshErrorCode];
