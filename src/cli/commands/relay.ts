import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { firstValueFrom } from 'rxjs';
import type { RelayOptions, RelayProblem } from '../../relay/index.js';
import { createRelay } from '../../relay/index.js';
import { messageOf, wrongInput } from '../failure.js';
import { numberBetween, takesJson, takesSource } from '../options.js';
import type { SourceOptions } from '../source.js';
import { findSource, followSource } from '../source.js';
import type { Terminal } from '../terminal.js';

/** `relay`: values of users, for pages and for clients of any language. */
export function addRelay(program: Command, terminal: Terminal): void {
  takesJson(takesSource(program.command('relay')))
    .option('-p, --port <port>', 'port to listen on; 0 takes a free one', numberBetween(0, 65_535), 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--path <path>', 'path at which the relay is', '/')
    .option('--interval <seconds>', 'how often the source is asked', numberBetween(0.1, 86_400, false))
    .option(
      '--user-header <name>',
      'header with the identifier of the user, set by what stands before the relay and by nobody else',
      parseName,
    )
    .option('--trust-attributes', 'take all attributes that clients send: for clients of your own, not for pages')
    .option(
      '--allow-origin <origin>',
      'whose pages may ask, as https://app.example; can be repeated; * for all',
      parseOrigin,
    )
    .option('--serve-config', 'serve the config itself, rules and all, to SDKs that ask with the SDK key')
    .summary('give values to pages and to clients of any language')
    .description(
      'Gives pages and clients of any language the values of their user, without rules and without the SDK key: at /values, and for OpenFeature clients at /ofrep/v1. Ends on SIGTERM and SIGINT, having told its readers to come back.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ configcat-rx relay --file flags.json --allow-origin http://localhost:3000
  $ CONFIGCAT_SDK_KEY=… configcat-rx relay --host 0.0.0.0 --user-header x-user-id
  $ curl http://127.0.0.1:8080/values`,
    )
    .action(async (options: RelayCommandOptions) => relay(options, terminal));
}

interface RelayCommandOptions extends SourceOptions {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly interval?: number;
  readonly userHeader?: string;
  readonly trustAttributes?: true;
  readonly allowOrigin?: readonly string[];
  readonly serveConfig?: true;
  readonly json?: true;
}

async function relay(options: RelayCommandOptions, terminal: Terminal): Promise<void> {
  const { port, host, path, interval, userHeader, trustAttributes, allowOrigin = [], serveConfig, json } = options;
  const source = await findSource(options, terminal);
  const client = followSource(source, terminal, { intervalSeconds: interval }, false);
  const served = createRelay({
    client,
    path,
    origins: allowOrigin,
    user: userOf(userHeader),
    ...(trustAttributes && { attributes: (_request, given) => given }),
    ...(serveConfig && { configs: { [source.sdkKey]: client } }),
    report: ({ message, exception }: RelayProblem) => terminal.warn(`${message} ${messageOf(exception)}`),
  });
  // What takes longer to send its headers is no client of ours.
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, served.node);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    await served.shutdown();
    client.dispose();
    throw wrongInput(messageOf(error));
  }
  const { port: boundPort } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}${path.replace(/\/$/, '')}`;
  if (json) terminal.printJson({ url });
  else terminal.print(`Values  ${terminal.styled('bold', `${url}/values`)}`, `OFREP   ${url}/ofrep/v1`);
  await firstValueFrom(terminal.end$, { defaultValue: undefined });
  await served.shutdown();
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
  client.dispose();
}

/** The user whom a header names; without a header, nobody is known to the relay. */
function userOf(userHeader: string | undefined): RelayOptions['user'] {
  return ({ native }) => {
    if (userHeader === undefined) return undefined;
    const value = (native as IncomingMessage).headers[userHeader];
    return typeof value === 'string' && value !== '' ? { identifier: value } : 'unauthorized';
  };
}

function parseName(text: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(text)) throw new InvalidArgumentError('Expected the name of a header.');
  return text.toLowerCase();
}

function parseOrigin(text: string, earlier: readonly string[] = []): readonly string[] {
  if (text === '*') return [...earlier, text];
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null') throw new InvalidArgumentError('Expected an origin, as https://app.example.');
  return [...earlier, origin];
}
