#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { fromEvent, merge } from 'rxjs';
import { run } from './program.js';

// The reader of the output may close it early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  end$: merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')),
  pageFolder: fileURLToPath(new URL('../inspector', import.meta.url)),
  importModule: (address) => import(address) as Promise<object>,
});
