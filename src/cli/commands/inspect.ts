import type { Command } from 'commander';
import { firstValueFrom } from 'rxjs';
import { manualPoll } from '../../index.js';
import { startInspector } from '../../inspector/server.js';
import { Failure, messageOf, wrongInput } from '../failure.js';
import { numberBetween, takesJson, takesSource } from '../options.js';
import type { SourceOptions } from '../source.js';
import { configTextOf, findSource, openClient, refreshMessage } from '../source.js';
import type { Terminal } from '../terminal.js';
import { oneLine } from '../terminal.js';

/** `inspect`: a page that shows flags, evaluations, rollouts and changes. */
export function addInspect(program: Command, terminal: Terminal): void {
  takesJson(takesSource(program.command('inspect')))
    .option('-p, --port <port>', 'port to listen on; 0 takes a free one', numberBetween(0, 65_535), 0)
    .option(
      '--host <address>',
      'address to listen on; others than loopback show your flags to the network',
      '127.0.0.1',
    )
    .option(
      '--interval <seconds>',
      'seconds between two looks; default: 1 for files, else 10',
      numberBetween(1, 86_400),
    )
    .summary('show flags, evaluations and rollouts in a browser')
    .description(
      'Serves a page with every flag, its value for a user that can be edited, why it is that, how it is split among users, and what changes. The SDK key stays in this process. Ctrl-C ends it.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ configcat-rx inspect --file flags.json
  $ CONFIGCAT_SDK_KEY=… configcat-rx inspect --port 4000`,
    )
    .action(async (options: InspectOptions) => inspect(options, terminal));
}

interface InspectOptions extends SourceOptions {
  readonly port: number;
  readonly host: string;
  readonly interval?: number;
  readonly json?: true;
}

async function inspect(options: InspectOptions, terminal: Terminal): Promise<void> {
  const source = await findSource(options, terminal);
  const client = openClient(source, terminal, { polling: manualPoll() }, { errors: false, evaluations: false });
  try {
    const inspector = await startInspector({
      name: source.name,
      pollIntervalSeconds: options.interval ?? (source.isLocal ? 1 : 10),
      port: options.port,
      host: options.host,
      pageFolder: terminal.pageFolder,
      // Pages that look at the same time share one request.
      load: async () => {
        const result = await client.forceRefresh();
        const text = configTextOf(client);
        if (!result.isSuccess || text === undefined) throw new Failure(terminal.masked(refreshMessage(result)));
        return { text, etag: client.snapshot().cacheText?.split('\n', 2)[1] };
      },
    }).catch((error: unknown) => {
      throw wrongInput(messageOf(error));
    });
    if (options.json) terminal.printJson({ url: inspector.url });
    else terminal.print(`The flags of ${oneLine(source.name)}: ${terminal.styled('bold', inspector.url)}`);
    await firstValueFrom(terminal.end$, { defaultValue: undefined });
    await inspector.close();
  } finally {
    client.dispose();
  }
}
