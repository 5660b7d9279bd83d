import { maskSdkKey } from '../mask-sdk-key.js';

/**
 * The texts of log events, which are the same in all ConfigCat SDKs. Source: protocol section 12.1.
 */
export const messages = {
  wrongSdkKey: (sdkKey: string, rayId: string | undefined) =>
    `Your SDK Key seems to be wrong: '${maskSdkKey(sdkKey)}'. You can find the valid SDK Key at https://app.configcat.com/sdkkey${ray(rayId)}`,
  unexpectedStatus: (status: number, reason: string, rayId: string | undefined) =>
    `Unexpected HTTP response was received while trying to fetch config JSON: ${status} ${reason}${ray(rayId)}`,
  requestTimedOut: (timeoutMs: number, rayId: string | undefined) =>
    `Request timed out while trying to fetch config JSON. Timeout value: ${timeoutMs}ms${ray(rayId)}`,
  requestFailed: (rayId: string | undefined) =>
    `Unexpected error occurred while trying to fetch config JSON. It is most likely due to a local network issue. Please make sure your application can reach the ConfigCat CDN servers (or your proxy server) over HTTP.${ray(rayId)}`,
  redirectLoop: (rayId: string | undefined) =>
    `Redirection loop encountered while trying to fetch config JSON. Please contact us at https://configcat.com/support/${ray(rayId)}`,
  invalidContent: (rayId: string | undefined) =>
    `Fetching config JSON was successful but the HTTP response content was invalid.${ray(rayId)}`,
  configTooLong: (maxBytes: number, rayId: string | undefined) =>
    `The config JSON is longer than ${maxBytes} bytes, which is all that the option \`maxConfigBytes\` admits. The config that was known before stays in use.${ray(rayId)}`,
  notModifiedWithoutConfig: (status: number, reason: string, rayId: string | undefined) =>
    `Unexpected HTTP response was received when no config JSON is cached locally: ${status} ${reason}${ray(rayId)}`,
  pollingFailed: () => 'Error occurred during auto polling.',
  cacheFailed: (operation: 'reading' | 'writing') => `Error occurred while ${operation} the cache.`,
  governanceOutOfSync: () =>
    'The `dataGovernance` parameter specified at the client initialization is not in sync with the preferences on the ConfigCat Dashboard. Read more: https://configcat.com/docs/advanced/data-governance/',
  configMissing: (returned: string) => `Config JSON is not present. Returning ${returned}.`,
  configMissingForSetting: (key: string, defaultValue: unknown) =>
    `Config JSON is not present when evaluating setting '${key}'. ${returning(defaultValue)}`,
  settingMissing: (key: string, defaultValue: unknown, keys: readonly string[]) =>
    `Failed to evaluate setting '${key}' (the key was not found in config JSON). ${returning(defaultValue)} Available keys: [${keys.map((name) => `'${name}'`).join(', ')}].`,
  evaluationFailed: (method: string, key: string, defaultValue: unknown) =>
    `Error occurred in the \`${method}\` method while evaluating setting '${key}'. ${returning(defaultValue)}`,
  methodFailed: (method: string, returned?: string) =>
    `Error occurred in the \`${method}\` method.${returned === undefined ? '' : ` Returning ${returned}.`}`,
  variationMissing: (variationId: string) =>
    `Could not find the setting for the specified variation ID: '${variationId}'.`,
  offline: () => 'Client is in offline mode, it cannot initiate HTTP calls.',
  disposed: (method: string) => `The client object is already disposed, thus \`${method}()\` has no effect.`,
  switched: (mode: 'ONLINE' | 'OFFLINE') => `Switched to ${mode} mode.`,
  secondClient: (sdkKey: string, count: number, foreign: number) =>
    `There is a live client for the SDK Key '${maskSdkKey(sdkKey)}' already, ${count} with this one${foreign > 0 ? ` (${foreign} of another copy of configcat-rx)` : ''}. Each client fetches the config by itself: share one instead. Reloads while developing leave clients behind, unless they dispose them or keep one on \`globalThis\`.`,
  userMissing: (key: string) =>
    `Cannot evaluate targeting rules and % options for setting '${key}' (User Object is missing). You should pass a User Object to the evaluation methods like \`getValue()\` in order to make targeting work properly. ${aboutUsers}`,
  percentageAttributeMissing: (key: string, attribute: string) =>
    `Cannot evaluate % options for setting '${key}' (the User.${attribute} attribute is missing). ${setAttribute(attribute)}`,
  attributeMissing: (key: string, attribute: string, condition: string) =>
    `Cannot evaluate condition (${condition}) for setting '${key}' (the User.${attribute} attribute is missing). ${setAttribute(attribute)}`,
  attributeInvalid: (key: string, attribute: string, condition: string, reason: string) =>
    `Cannot evaluate condition (${condition}) for setting '${key}' (${reason}). Please check the User.${attribute} attribute and make sure that its value corresponds to the comparison operator.`,
  attributeConverted: (key: string, attribute: string, condition: string, text: string) =>
    `Evaluation of condition (${condition}) for setting '${key}' may not produce the expected result (the User.${attribute} attribute is not a string value, thus it was automatically converted to the string value '${text}'). Please make sure that using a non-string value was intended.`,
} as const;

const aboutUsers = 'Read more: https://configcat.com/docs/advanced/user-object/';

function setAttribute(attribute: string): string {
  return `You should set the User.${attribute} attribute in order to make targeting work properly. ${aboutUsers}`;
}

function returning(defaultValue: unknown): string {
  return `Returning the \`defaultValue\` parameter that you specified in your application: '${String(defaultValue)}'.`;
}

function ray(rayId: string | undefined): string {
  return rayId === undefined ? '' : ` (Ray ID: ${rayId})`;
}
