import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { asyncScheduler, firstValueFrom } from 'rxjs';
import { maskSdkKey } from '../../index.js';
import type { AnsweredRequest, Fault } from '../../server/index.js';
import { startConfigServer } from '../../server/index.js';
import { messageOf, wrongInput } from '../failure.js';
import { numberBetween, takesJson } from '../options.js';
import type { Terminal } from '../terminal.js';
import { oneLine } from '../terminal.js';

/** `serve`: a config CDN on this computer. */
export function addServe(program: Command, terminal: Terminal): void {
  takesJson(program.command('serve'))
    .argument(
      '<files...>',
      'config JSON files, or plain values as {"flags": {"darkMode": true}}; each as <path> or <sdkKey>=<path>',
    )
    .option('-p, --port <port>', 'port to listen on; 0 takes a free one', numberBetween(0, 65_535), 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--allow-origin <origin>',
      'whose pages may read the flags, as https://app.example, beside those of this computer; can be repeated',
      parseOrigin,
    )
    .option('--fault <kind>', `answer wrongly: ${Object.keys(faults).join(', ')}`, parseFault)
    .option('--every <number>', 'only every so many requests are answered wrongly', numberBetween(1, 1_000_000), 1)
    .option('--quiet', 'tell nothing of requests')
    .summary('serve config files as the CDN does')
    .description(
      'Serves config files as the CDN does, and follows them as they are edited. A file without an SDK key gets one, which is printed; if there is one file and CONFIGCAT_SDK_KEY is set, it is served for that. Ctrl-C ends it.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ configcat-rx serve flags.json
  $ configcat-rx serve "$CONFIGCAT_SDK_KEY=flags.json" --port 0
  $ configcat-rx serve flags.json --fault latency:2000 --every 3`,
    )
    .action(async (files: readonly string[], options: ServeOptions) => serve(files, options, terminal));
}

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly allowOrigin?: readonly string[];
  readonly fault?: Fault;
  readonly every: number;
  readonly quiet?: true;
  readonly json?: true;
}

async function serve(files: readonly string[], options: ServeOptions, terminal: Terminal): Promise<void> {
  const { port, host, allowOrigin = [], fault, every, quiet, json } = options;
  const configs = configsOf(files, terminal);
  const server = await startConfigServer({
    configs: Object.fromEntries(configs.map(({ sdkKey, file }) => [sdkKey, file])),
    port,
    host,
    // Made-up SDK keys are known to everybody, so only the origin protects the flags.
    allowedOrigins: allowOrigin,
    report: (message) => terminal.warn(message),
    onRequest: (request) => {
      if (!quiet) printRequest(request, json === true, terminal);
    },
  }).catch((error: unknown) => {
    throw wrongInput(messageOf(error));
  });
  let requests = 0;
  if (fault) server.setFaults('*', () => (++requests % every === 0 ? fault : undefined));

  const shown = configs.map(({ sdkKey, file, isMadeUp }) => ({ file, sdkKey: isMadeUp ? sdkKey : maskSdkKey(sdkKey) }));
  if (json) {
    terminal.printJson({ url: server.url, configs: shown });
  } else {
    terminal.print(
      `Base URL  ${terminal.styled('bold', server.url)}`,
      ...shown.map(({ file, sdkKey }) => `SDK key   ${sdkKey}  ${terminal.styled('dim', oneLine(file))}`),
    );
  }
  await firstValueFrom(terminal.end$, { defaultValue: undefined });
  await server.close();
}

interface ServedFile {
  readonly sdkKey: string;
  readonly file: string;
  /** Whether the SDK key was made up for this server. */
  readonly isMadeUp: boolean;
}

function configsOf(files: readonly string[], terminal: Terminal): ServedFile[] {
  const given = files.length === 1 ? terminal.sdkKey : undefined;
  const configs = files.map((text, i): ServedFile => {
    const [, sdkKey, path] = /^(configcat-(?:sdk-1|proxy)\/[^=]+|[^/=]{22}\/[^/=]{22})=(.+)$/s.exec(text) ?? [];
    const known = sdkKey ?? given;
    terminal.hide(known);
    const name = `local-config-server-${String(i + 1).padStart(2, '0')}`;
    return { sdkKey: known ?? `configcat-sdk-1/${name}/${name}`, file: path ?? text, isMadeUp: known === undefined };
  });
  if (new Set(configs.map(({ sdkKey }) => sdkKey)).size < configs.length) {
    throw wrongInput('Two files have the same SDK key.');
  }
  if (configs.length > 99) throw wrongInput('At most 99 files can be served.');
  return configs;
}

function printRequest({ method, path, status, fault }: AnsweredRequest, isJson: boolean, terminal: Terminal): void {
  const file = path.split('/').at(-1) ?? '';
  if (isJson) {
    terminal.printJson({ time: new Date(asyncScheduler.now()).toISOString(), method, file, status, fault });
    return;
  }
  const clock = new Date(asyncScheduler.now()).toTimeString().slice(0, 8);
  const answer = `${status ?? 'no answer'}${fault === undefined ? '' : ` (${fault})`}`;
  terminal.print(
    `${clock} ${oneLine(method)} ${oneLine(file)} ${fault === undefined ? answer : terminal.styled('yellow', answer)}`,
  );
}

/** Faults by their names on the command line; some take an argument. */
const faults: Readonly<Record<string, (argument: string) => Fault>> = {
  'latency:<ms>': (ms) => ({ kind: 'latency', ms: numberBetween(0, 3_600_000)(ms) }),
  'status:<code>': (code) => ({ kind: 'status', status: numberBetween(200, 599)(code) }),
  hang: () => ({ kind: 'hang' }),
  reset: () => ({ kind: 'reset' }),
  truncated: () => ({ kind: 'truncated' }),
  drip: () => ({ kind: 'drip' }),
  garbage: () => ({ kind: 'garbage' }),
  'invalid-gzip': () => ({ kind: 'invalid-gzip' }),
  'not-http': () => ({ kind: 'not-http' }),
  'redirect-loop': () => ({ kind: 'redirect-loop' }),
};

function parseOrigin(text: string, earlier: readonly string[] = []): readonly string[] {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null') throw new InvalidArgumentError('Expected an origin, as https://app.example.');
  return [...earlier, origin];
}

function parseFault(text: string): Fault {
  const [name = '', ...rest] = text.split(':');
  const known = Object.entries(faults).find(([usage]) => usage.split(':')[0] === name);
  if (known?.[0].includes(':') !== rest.length > 0) {
    throw new InvalidArgumentError(`Expected one of ${Object.keys(faults).join(', ')}.`);
  }
  return known[1](rest.join(':'));
}
