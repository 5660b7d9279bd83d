import type { EventText, EventTexts } from './event-text.js';

const problem = (told: { readonly problem: string }) => told.problem;

/** What an entry says. */
export const textOf: EventText = (...[event, parameters, , text]) =>
  text
    ? text()
    : (texts as Readonly<Record<number, (told: never) => string>>)[event]!(parameters as never) +
      repetition(parameters);

/** What log entries say, which is the same in all ConfigCat SDKs. Source: protocol section 12.1. */
const texts: EventTexts = {
  0: () => 'The module that explains evaluations could not be loaded.',
  1000: (told) =>
    'key' in told
      ? `Config JSON is not present when evaluating setting '${told.key}'. ${returning(told)}`
      : `Config JSON is not present. Returning ${told.returned}.`,
  1001: (told) =>
    `Failed to evaluate setting '${told.key}' (the key was not found in config JSON). ${returning(told)} Available keys: [${told.keys.map((name) => `'${name}'`).join(', ')}].`,
  1002: (told) =>
    'key' in told
      ? `Error occurred in the \`${told.method}\` method while evaluating setting '${told.key}'. ${returning(told)}`
      : `Error occurred in the \`${told.method}\` method. Returning ${told.returned}.`,
  1003: (told) => `Error occurred in the \`${told.method}\` method.`,
  1100: (told) =>
    `Your SDK Key seems to be wrong: '${told.sdkKey}'. You can find the valid SDK Key at https://app.configcat.com/sdkkey${ray(told)}`,
  1101: (told) =>
    `Unexpected HTTP response was received while trying to fetch config JSON: ${told.status} ${told.reason}${ray(told)}`,
  1102: (told) => `Request timed out while trying to fetch config JSON. Timeout value: ${told.timeoutMs}ms${ray(told)}`,
  1103: (told) =>
    'problem' in told
      ? told.problem
      : `Unexpected error occurred while trying to fetch config JSON. It is most likely due to a local network issue. Please make sure your application can reach the ConfigCat CDN servers (or your proxy server) over HTTP.${ray(told)}`,
  1104: (told) =>
    `Redirection loop encountered while trying to fetch config JSON. Please contact us at https://configcat.com/support/${ray(told)}`,
  1105: (told) =>
    (told.maxBytes === undefined
      ? 'Fetching config JSON was successful but the HTTP response content was invalid.'
      : `The config JSON is longer than ${told.maxBytes} bytes, which is all that the option \`maxConfigBytes\` admits. The config that was known before stays in use.`) +
    ray(told),
  1106: (told) =>
    `Unexpected HTTP response was received when no config JSON is cached locally: ${told.status} ${told.reason}${ray(told)}`,
  1200: () => 'Error occurred during auto polling.',
  1300: problem,
  1302: problem,
  1900: (told) =>
    `The value of setting '${told.key}' is no JSON that fits${told.path && ` at '${told.path}'`}: ${told.reason} Returning the default value.`,
  2011: (told) => `Could not find the setting for the specified variation ID: '${told.variationId}'.`,
  2200: () => 'Error occurred while reading the cache.',
  2201: () => 'Error occurred while writing the cache.',
  2302: problem,
  3000: (told) =>
    `There is a live client for the SDK Key '${told.sdkKey}' already, ${told.count} with this one${told.foreign > 0 ? ` (${told.foreign} of another copy of configcat-rx)` : ''}. Each client fetches the config by itself: share one instead. Reloads while developing need sharedClient().`,
  3001: (told) =>
    `Cannot evaluate targeting rules and % options for setting '${told.key}' (User Object is missing). You should pass a User Object to the evaluation methods like \`getValue()\` in order to make targeting work properly. ${aboutUsers}`,
  3002: () =>
    'The `dataGovernance` parameter specified at the client initialization is not in sync with the preferences on the ConfigCat Dashboard. Read more: https://configcat.com/docs/advanced/data-governance/',
  3003: (told) =>
    (told.condition === undefined
      ? "Cannot evaluate % options for setting '"
      : `Cannot evaluate condition (${told.condition}) for setting '`) +
    `${told.key}' (the User.${told.attribute} attribute is missing). You should set the User.${told.attribute} attribute in order to make targeting work properly. ${aboutUsers}`,
  3004: (told) =>
    `Cannot evaluate condition (${told.condition}) for setting '${told.key}' (${told.reason}). Please check the User.${told.attribute} attribute and make sure that its value corresponds to the comparison operator.`,
  3005: (told) =>
    `Evaluation of condition (${told.condition}) for setting '${told.key}' may not produce the expected result (the User.${told.attribute} attribute is not a string value, thus it was automatically converted to the string value '${told.text}'). Please make sure that using a non-string value was intended.`,
  3200: () => 'Client is in offline mode, it cannot initiate HTTP calls.',
  3201: (told) => `The client object is already disposed, thus \`${told.method}()\` has no effect.`,
  3202: (told) =>
    `Client is configured to use the \`LocalOnly\` override behavior, thus \`${told.method}()\` has no effect.`,
  5000: (told) =>
    'key' in told
      ? `Evaluating '${told.key}': returning '${String(told.value)}'.`
      : `${told.leftOut} more evaluations have not been written down.`,
  5200: (told) => `Switched to ${told.mode} mode.`,
};

function repetition(told: object): string {
  const { repeated } = told as { readonly repeated?: number };
  return repeated ? ` (With the config before, this was left out ${repeated} times.)` : '';
}

const aboutUsers = 'Read more: https://configcat.com/docs/advanced/user-object/';

function returning({ defaultValue }: { readonly defaultValue: unknown }): string {
  return `Returning the \`defaultValue\` parameter that you specified in your application: '${String(defaultValue)}'.`;
}

function ray({ rayId }: { readonly rayId: string | undefined }): string {
  return rayId === undefined ? '' : ` (Ray ID: ${rayId})`;
}
