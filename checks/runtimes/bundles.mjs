// The ways in which a server that is one file runs: as each bundler makes it, in each release of Node.
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundlers } from './bundlers.mjs';
import { installed, nodePath, nodes, versionOf } from './installed.mjs';

const bundlerProgram = fileURLToPath(new URL('bundlers.mjs', import.meta.url));
const bundlingMs = 120_000;
const runningMs = 20_000;
const usualLimitBytes = 265_000;

export const bundleWays = bundlers.flatMap((bundler, i) =>
  nodes.map((node) => ({
    name: `${nameOf(bundler)}, node ${versionOf(node)}`,
    needs: [join(installed, bundler.from), nodePath(node)],
    // Every bundler once, and every Node once.
    isUsual: i === 0 || node === 'node24',
    run: (where) => runBundle(bundler, node, where),
  })),
);

function nameOf({ name, from }) {
  const [tool, format] = name.split(', ');
  return `${tool} ${versionOf(from)}, ${format}`;
}

async function runBundle(bundler, node, { place, project, url, sdkKey }) {
  const { folder, complaints } = await bundleOnce(bundler, place, project);
  const program = await start(nodePath(node), [bundler.main, url, sdkKey], { cwd: folder, timeout: runningMs });
  const bytes = sizeOf(folder);
  const { limitBytes = usualLimitBytes } = bundler;
  const problems = [
    complaints && `The bundler complains: ${complaints}`,
    program.stderr && `It writes to stderr: ${program.stderr}`,
    bytes > limitBytes && `It is larger than ${limitBytes} bytes.`,
  ];
  return { text: program.stdout, figures: `${bytes} bytes`, problems: problems.filter(Boolean) };
}

const bundled = new Map();

function bundleOnce(bundler, place, project) {
  if (!bundled.has(bundler)) bundled.set(bundler, bundle(bundler, place, project));
  return bundled.get(bundler);
}

/** Writes a bundle where no package is near, so that it has nothing but itself. */
async function bundle({ name }, place, project) {
  const folder = join(place, 'bundles', name.replace(/\W+/g, '-'));
  mkdirSync(folder, { recursive: true });
  const args = [bundlerProgram, name, join(project, 'server.mjs'), folder];
  const { stderr } = await start(process.execPath, args, { cwd: project, timeout: bundlingMs });
  return { folder, complaints: stderr };
}

/** Runs a program to its end, and gives what it has written, whether it succeeds or not. */
async function start(command, args, options) {
  const ended = promisify(execFile)(command, args, { ...options, killSignal: 'SIGKILL' });
  const { stdout, stderr, code, signal } = await ended.catch((error) => error);
  const ending = signal ? `It did not end within ${options.timeout} ms.` : code ? `It ended with ${code}.` : '';
  return { stdout: stdout.trim(), stderr: `${stderr.trim()} ${ending}`.trim() };
}

function sizeOf(folder) {
  const scripts = readdirSync(folder, { recursive: true }).filter((path) => /\.[cm]?js$/.test(path));
  return scripts.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
}
