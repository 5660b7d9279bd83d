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
import { servedTextOf } from '../server/plain-values.js';
import { messageOf, wrongInput, Failure } from './failure.js';
import type { Terminal } from './terminal.js';

/** Command-line options that name the source of the config. */
export interface SourceOptions {
  readonly sdkKey?: string;
  readonly file?: string;
  readonly url?: string;
  readonly dataGovernance?: 'global' | 'eu';
}

/** A source of a config: a file, a URL, or a server that is asked with an SDK key. */
export interface ConfigSource {
  /** The name that messages use. */
  readonly name: string;
  readonly sdkKey: string;
  readonly options: Pick<CommonOptions, 'baseUrl' | 'fetch' | 'dataGovernance'>;
  /** Whether the source is on this computer, so that it can be polled often. */
  readonly isLocal: boolean;
}

/** The SDK key for sources that have none. */
export const localSdkKey = 'configcat-sdk-1/local-config-server-00/local-config-server-00';

/**
 * Finds the source that the options name: a file, the address of a config JSON, or a server with an SDK key.
 *
 * @throws Failure when the options name none, or several; or when a file is none.
 */
export async function findSource(options: SourceOptions, terminal: Terminal): Promise<ConfigSource> {
  const { sdkKey, file, url } = options;
  terminal.hide(sdkKey);
  if (file !== undefined) {
    const other = url !== undefined ? '--url' : sdkKey !== undefined ? '--sdk-key' : undefined;
    if (other) throw wrongInput(`--file and ${other} exclude each other: both say where the config is.`);
    return findFile(file, '--file: ');
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

/** Finds the source that one argument names: the path of a file, or the address of a config JSON. */
export async function findDocument(place: string, terminal: Terminal): Promise<ConfigSource> {
  return /^https?:\/\//i.test(place) ? findSource({ url: place }, terminal) : findFile(place);
}

/** Selects the log entries that a command prints; evaluations warn of users and attributes that are missing or invalid. */
export interface LogSelection {
  readonly errors: boolean;
  readonly evaluations: boolean;
}

const evaluationWarnings: readonly number[] = [3003, 3004, 3005];

/** A client that has fetched once. */
export interface FetchedConfig {
  readonly client: ConfigCatClient;
  readonly config: Config;
  readonly text: string;
}

/**
 * Fetches the config once.
 *
 * @throws Failure when there is none.
 */
export async function loadConfig(
  source: ConfigSource,
  terminal: Terminal,
  user?: User,
  evaluations = true,
): Promise<FetchedConfig> {
  const options = { polling: manualPoll(), ...(user && { defaultUser: user }) };
  // A failure to fetch is the answer of the command, so it is not logged as well.
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
  source: ConfigSource,
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

/** Explains in one or two sentences why there is no config. */
export function refreshMessage({ errorMessage, exception }: RefreshResult): string {
  const message = errorMessage ?? 'There is no config.';
  const reason = exception === undefined ? '' : messageOf(exception);
  // A failure of our own says more than the client's message.
  if (exception instanceof Failure) return reason;
  return reason && !message.includes(reason) ? `${message} ${reason}` : message;
}

/** Creates a client for a source. */
export function openClient(
  { sdkKey, options }: ConfigSource,
  terminal: Terminal,
  more: Pick<ClientOptions, 'polling' | 'defaultUser'>,
  logged: LogSelection,
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
      // The warning that there is no user would come for each flag.
      logFilter: (level, eventId) =>
        (logged.errors || level !== 'error') &&
        (logged.evaluations || !evaluationWarnings.includes(eventId)) &&
        eventId !== 3001,
    });
  } catch (error) {
    throw wrongInput(messageOf(error));
  }
}

function findServer({ sdkKey, url, dataGovernance }: SourceOptions, terminal: Terminal): ConfigSource {
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

async function findFile(file: string, culprit = ''): Promise<ConfigSource> {
  await readConfig(file).catch((error: unknown) => {
    throw wrongInput(`${culprit}${messageOf(error)}`);
  });
  return { name: file, sdkKey: localSdkKey, options: fetchingFrom(fetchFile(file)), isLocal: true };
}

/** Makes client options for a fetch function; with a base URL of its own, the client follows no redirect in the config. */
function fetchingFrom(fetch: FetchFunction): ConfigSource['options'] {
  return { fetch, baseUrl: 'http://configcat-rx.invalid' };
}

/** Makes a fetch function that answers with a file, as a server does. */
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

/** Makes a fetch function that fetches one URL, whatever path the client requests. */
function fetchDocument(url: string): FetchFunction {
  return (_, init) => fetch(url, init);
}

/** Reads and checks a file here, because the client would word its defects as those of a server's answer. */
async function readConfig(file: string): Promise<string> {
  const given = await readText(file);
  try {
    const text = servedTextOf(given);
    parseConfig(text);
    return text;
  } catch (error) {
    throw new Failure(`'${file}' is no config JSON: ${messageOf(error)}`);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Failure(`There is no file '${file}'.`);
    throw new Failure(`'${file}' cannot be read: ${code === 'EISDIR' ? 'it is a folder.' : messageOf(error)}`);
  }
}

function isDocument(url: string): boolean {
  return new URL(url).pathname.endsWith('.json');
}

function isLoopback(url: string): boolean {
  return /^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);
}
