import type { Answer } from './fault-server';

/** Something that goes wrong between server and client, and what a client makes of it. */
export interface Fault {
  readonly name: string;
  readonly answer: Answer;
  readonly errorCode: number;
  /** The text of the one log entry; `{MASKED}` stands for the masked SDK key. */
  readonly text: string;
  /** How many requests one refresh sends. */
  readonly requests: 1 | 2;
  /** Headers arrive before it goes wrong, so that a Ray ID is known. */
  readonly ray: boolean;
}

const wrongSdkKey =
  "Your SDK Key seems to be wrong: '{MASKED}'. You can find the valid SDK Key at https://app.configcat.com/sdkkey";
const unexpected = 'Unexpected HTTP response was received while trying to fetch config JSON: ';
const timedOut = 'Request timed out while trying to fetch config JSON. Timeout value: 200ms';
const failed =
  'Unexpected error occurred while trying to fetch config JSON. It is most likely due to a local network issue. Please make sure your application can reach the ConfigCat CDN servers (or your proxy server) over HTTP.';
const invalid = 'Fetching config JSON was successful but the HTTP response content was invalid.';
const withoutConfig = 'Unexpected HTTP response was received when no config JSON is cached locally: ';

const config = '{"f":{"greeting":{"t":1,"v":{"s":"hello"}}}}';

const statuses: readonly Fault[] = [
  { status: 403, reason: 'Forbidden' },
  { status: 404, reason: 'Not Found' },
].map(({ status, reason }) => ({
  name: `${status} ${reason}`,
  answer: { status, body: reason },
  errorCode: 1100,
  text: wrongSdkKey,
  requests: 1,
  ray: true,
}));

const unexpectedStatuses: readonly Fault[] = [
  [201, 'Created'],
  [204, 'No Content'],
  [206, 'Partial Content'],
  [300, 'Multiple Choices'],
  [302, 'Found'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [410, 'Gone'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [599, 'Out Of Coffee'],
].map(([status = 0, reason]) => ({
  name: `${status} ${reason}`,
  answer: { status: Number(status), statusText: String(reason), body: status === 204 ? '' : config },
  errorCode: 1101,
  text: `${unexpected}${status} ${reason}`,
  requests: 2,
  ray: true,
}));

const contents: readonly Fault[] = (
  [
    ['an empty body', ''],
    ['a body that is no JSON', '<!doctype html><title>Log in</title>'],
    ['a config that was cut off with its length', config.slice(0, -3)],
    ['a config with a byte order mark', `\ufeff${config}`],
    ['a config with text behind it', `${config}x`],
    ['null', 'null'],
    ['a number', '42'],
    ['a list', '[]'],
    ['settings that are a list', '{"f":[]}'],
    ['a setting that is null', '{"f":{"greeting":null}}'],
    ['a setting without a type', '{"f":{"greeting":{"v":{"s":"hello"}}}}'],
    ['a setting whose type is a text', '{"f":{"greeting":{"t":"1","v":{"s":"hello"}}}}'],
    ['a setting whose value is of no type', '{"f":{"greeting":{"t":1,"v":["hello"]}}}'],
    ['a text value that is a number', '{"f":{"greeting":{"t":1,"v":{"s":1}}}}'],
    ['a boolean value that is a text', '{"f":{"greeting":{"t":0,"v":{"b":"true"}}}}'],
    ['a whole number that is none', '{"f":{"greeting":{"t":2,"v":{"i":1.5}}}}'],
    ['rules that are an object', '{"f":{"greeting":{"t":1,"v":{"s":"hello"},"r":{}}}}'],
    ['a percentage that is a text', '{"f":{"greeting":{"t":1,"v":{"s":"hello"},"p":[{"p":"50","v":{"s":"x"}}]}}}'],
    ['a redirect to a number', '{"p":{"u":42,"r":2}}'],
    ['a segment without a name', '{"s":[{}]}'],
  ] as const
).map(([name, body]) => ({
  name: `200 with ${name}`,
  answer: { body, headers: { ETag: 'W/"bad"' } },
  errorCode: 1105,
  text: invalid,
  requests: 1,
  ray: true,
}));

const timeouts: readonly Fault[] = [
  { name: 'a server that stays silent', answer: 'hang', ray: false },
  { name: 'a body that never ends', answer: { body: config, ending: 'never' }, ray: true },
].map(({ name, answer, ray }) => ({
  name,
  answer: answer as Answer,
  errorCode: 1102,
  text: timedOut,
  requests: 2,
  ray,
}));

const failures: readonly Fault[] = [
  { name: 'a connection that is reset', answer: 'reset', ray: false },
  { name: 'an answer that is no HTTP', answer: { bytes: 'SSH-2.0-server\r\n\r\n' }, ray: false },
  { name: 'an empty answer', answer: { bytes: '' }, ray: false },
  { name: 'a body that ends before its length', answer: { body: config, ending: 'before-length' }, ray: true },
  { name: 'a body that ends before its last chunk', answer: { body: config, ending: 'before-last-chunk' }, ray: true },
  {
    name: 'a body that is not compressed as it says',
    answer: { body: config, headers: { 'Content-Encoding': 'gzip' } },
    ray: true,
  },
].map(({ name, answer, ray }) => ({
  name,
  answer: answer as Answer,
  errorCode: 1103,
  text: failed,
  requests: 2,
  ray,
}));

/** The outcomes of protocol section 2.2 that are failures for a client without config. */
export const faults: readonly Fault[] = [
  ...statuses,
  ...unexpectedStatuses,
  ...contents,
  {
    name: '304 while no config is known',
    answer: { status: 304 },
    errorCode: 1106,
    text: `${withoutConfig}304 Not Modified`,
    requests: 1,
    ray: true,
  },
  ...timeouts,
  ...failures,
];
