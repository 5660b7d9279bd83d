import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type {
  ClientOptions,
  CommonOptions,
  Config,
  ConfigCatClient,
  FetchFunction,
  Logger,
  RefreshResult,
  User,
} from '../index.js';
import { autoPoll, createClient, manualPoll, parseConfig } from '../index.js';
import { messageOf, wrongInput, Failure } from './failure.js';
import type { Terminal } from './terminal.js';

/** Options that say where the config is. */
export interface SourceOptions {
  readonly sdkKey?: string;
  readonly file?: string;
  readonly url?: string;
  readonly dataGovernance?: 'global' | 'eu';
}

/** A place that has a config. */
export interface Source {
  /** For people. */
  readonly name: string;
  readonly sdkKey: string;
  readonly options: Pick<CommonOptions, 'baseUrl' | 'fetch' | 'dataGovernance'>;
  /** Looking there costs nobody anything. */
  readonly isLocal: boolean;
}

/** Stands for the SDK key where there is none. */
export const localSdkKey = 'configcat-sdk-1/local-config-server-00/local-config-server-00';

/**
 * Finds out where the config is: a file, the address of a config JSON, or a server that has it for an SDK key.
 *
 * @throws Failure when the options name none, or several; or when a file is none.
 */
export async function findSource(options: SourceOptions, terminal: Terminal): Promise<Source> {
  const { sdkKey, file, url } = options;
  terminal.hide(sdkKey);
  if (file !== undefined) {
    const other = url !== undefined ? '--url' : sdkKey !== undefined ? '--sdk-key' : undefined;
    if (other) throw wrongInput(`--file and ${other} exclude each other: both say where the config is.`);
    return findFile(file);
  }
  if (url !== undefined && !(URL.canParse(url) && /^https?:/i.test(url))) {
    throw wrongInput(`--url: '${url}' is no address of the web.`);
  }
  if (url === undefined || !isDocument(url)) return findServer(options, terminal);
  if (sdkKey !== undefined) {
    throw wrongInput('--url and --sdk-key exclude each other, unless the URL is the base URL of a server.');
  }
  return { name: url, sdkKey: localSdkKey, options: fetchingFrom(fetchDocument(url)), isLocal: isLoopback(url) };
}

/** A source for one argument: the path of a file, or the address of a config JSON. */
export async function findDocument(place: string, terminal: Terminal): Promise<Source> {
  return findSource(/^https?:\/\//i.test(place) ? { url: place } : { file: place }, terminal);
}

/** Which log entries a command tells of; evaluations warn of users and attributes that are missing or unfit. */
export interface Telling {
  readonly errors: boolean;
  readonly evaluations: boolean;
}

const evaluationWarnings: readonly number[] = [3003, 3004, 3005];

/** A client that has fetched once. */
export interface Loaded {
  readonly client: ConfigCatClient;
  readonly config: Config;
  readonly text: string;
}

/**
 * Fetches the config once.
 *
 * @throws Failure when there is none.
 */
export async function loadConfig(source: Source, terminal: Terminal, user?: User, evaluations = true): Promise<Loaded> {
  const options = { polling: manualPoll(), ...(user && { defaultUser: user }) };
  // Whoever asks once is told of failures by the answer.
  const client = openClient(source, terminal, options, { errors: false, evaluations });
  const result = await client.forceRefresh();
  const text = configTextOf(client);
  if (text === undefined) {
    client.dispose();
    throw new Failure(`${source.name}: ${refreshMessage(result)}`);
  }
  return { client, config: parseConfig(text), text };
}

/** A client that follows a source for as long as a command runs. */
export function followSource(
  source: Source,
  terminal: Terminal,
  { user, intervalSeconds }: { readonly user?: User | undefined; readonly intervalSeconds?: number | undefined },
  evaluations: boolean,
): ConfigCatClient {
  const pollIntervalSeconds = intervalSeconds ?? (source.isLocal ? 1 : 10);
  return openClient(
    source,
    terminal,
    { polling: autoPoll({ pollIntervalSeconds, maxInitWaitTimeSeconds: -1 }), ...(user && { defaultUser: user }) },
    { errors: true, evaluations },
  );
}

/** The config JSON that a client has. */
export function configTextOf(client: ConfigCatClient): string | undefined {
  return client.snapshot().cacheText?.replace(/^.*\n.*\n/, '');
}

/** Why there is no config, in one sentence or two. */
export function refreshMessage({ errorMessage, exception }: RefreshResult): string {
  const message = errorMessage ?? 'There is no config.';
  const reason = exception === undefined ? '' : messageOf(exception);
  // A source of our own says it better than the client can.
  if (exception instanceof Failure) return reason;
  return reason && !message.includes(reason) ? `${message} ${reason}` : message;
}

/** A client of a source. */
export function openClient(
  { sdkKey, options }: Source,
  terminal: Terminal,
  more: Pick<ClientOptions, 'polling' | 'defaultUser'>,
  telling: Telling,
): ConfigCatClient {
  const logger: Logger = {
    log: (level, _, message, error) => {
      if (error instanceof Failure) terminal.warn(`${level}: ${error.message}`);
      else terminal.warn(`${level}: ${message}${error === undefined ? '' : ` ${messageOf(error)}`}`);
    },
  };
  try {
    return createClient(sdkKey, {
      ...options,
      ...more,
      logger,
      // That there is no user is told once, if at all, and not for each flag.
      logFilter: (level, eventId) =>
        (telling.errors || level !== 'error') &&
        (telling.evaluations || !evaluationWarnings.includes(eventId)) &&
        eventId !== 3001,
    });
  } catch (error) {
    throw wrongInput(messageOf(error));
  }
}

function findServer({ sdkKey, url, dataGovernance }: SourceOptions, terminal: Terminal): Source {
  const known = sdkKey ?? terminal.sdkKey;
  if (known === undefined) {
    throw wrongInput(
      url === undefined
        ? 'Where is the config? Give --file, --url or --sdk-key, or set CONFIGCAT_SDK_KEY.'
        : `--url: '${url}' is the base URL of a server, which needs --sdk-key or CONFIGCAT_SDK_KEY; the address of a config ends in .json.`,
    );
  }
  const governance = dataGovernance && { dataGovernance };
  return url === undefined
    ? { name: "ConfigCat's CDN", sdkKey: known, options: { ...governance }, isLocal: false }
    : { name: url, sdkKey: known, options: { ...governance, baseUrl: url }, isLocal: isLoopback(url) };
}

async function findFile(file: string): Promise<Source> {
  await readConfig(file).catch((error: unknown) => {
    throw wrongInput(`--file: ${messageOf(error)}`);
  });
  return { name: file, sdkKey: localSdkKey, options: fetchingFrom(fetchFile(file)), isLocal: true };
}

/** A base URL keeps the config from sending the client elsewhere. */
function fetchingFrom(fetch: FetchFunction): Source['options'] {
  return { fetch, baseUrl: 'http://configcat-rx.invalid' };
}

/** Reads a file as if a server had it. */
function fetchFile(file: string): FetchFunction {
  return async (_, { headers }) => {
    const text = await readConfig(file);
    const etag = `"${createHash('sha1').update(text).digest('hex')}"`;
    const isKnown = new Headers(headers).get('If-None-Match') === etag;
    return {
      status: isKnown ? 304 : 200,
      statusText: isKnown ? 'Not Modified' : 'OK',
      headers: { get: (name) => (name.toLowerCase() === 'etag' ? etag : null) },
      text: () => Promise.resolve(isKnown ? '' : text),
    };
  };
}

/** Fetches one document, whatever path the client asks for. */
function fetchDocument(url: string): FetchFunction {
  return (_, init) => fetch(url, init);
}

/** Reads a file; the client, which takes all text for answers of servers, would word its defects otherwise. */
async function readConfig(file: string): Promise<string> {
  const text = await readText(file);
  try {
    parseConfig(text);
  } catch (error) {
    throw new Failure(`'${file}' is no config JSON: ${messageOf(error)}`);
  }
  return text;
}

async function readText(file: string): Promise<string> {
  try {
    const text = (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
    return fromSimple(text) ?? text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Failure(`There is no file '${file}'.`);
    throw new Failure(`'${file}' cannot be read: ${code === 'EISDIR' ? 'it is a folder.' : messageOf(error)}`);
  }
}

/** Plain values by key, as overrides come in files, as a config JSON. */
function fromSimple(text: string): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof document !== 'object' || document === null || !('flags' in document)) return undefined;
  const { flags } = document;
  if (typeof flags !== 'object' || flags === null) return undefined;
  const settings = Object.entries(flags).map(([key, value]: [string, unknown]) => {
    const [t, member] = typeof value === 'boolean' ? [0, 'b'] : typeof value === 'string' ? [1, 's'] : [3, 'd'];
    return [key, { t, v: { [member]: value } }] as const;
  });
  return JSON.stringify({ f: Object.fromEntries(settings) });
}

function isDocument(url: string): boolean {
  return new URL(url).pathname.endsWith('.json');
}

function isLoopback(url: string): boolean {
  return /^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);
}
