// Does what the Quick start of README.md says, word by word, in an empty folder with the packed tarball: its commands, its
// code, and the change of a file that it asks for.
//
//   npm run quick-start
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { packPackage } from '../../tools/package.mjs';

const patienceMs = 30_000;

const tarball = packPackage();
const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-quick-start-'));
const programs = [];
try {
  const readme = readInPackage('README.md');
  const section = /^## Quick start\n(.*?)^## /ms.exec(readme)[1];
  const [prepare, run] = blocksOf(section, 'sh');
  const [code] = blocksOf(section, 'ts');
  const [, file] = /Save this as `([\w.]+)`/.exec(section);
  const commands = prepare.trim().split('\n');
  // The one word that differs: the registry does not have it yet.
  const [install, ...others] = commands.map((line) =>
    line.replace(/^npm install configcat-rx /, `npm install ${tarball} `),
  );
  const serve = others.pop();
  shell(install);
  for (const command of others) shell(command);
  const server = start(serve);
  await server.printed('SDK key');
  writeFileSync(join(folder, file), code);
  const app = start(run.trim());
  for (const line of ['dark mode: false', 'Hello']) await app.printed(line);
  const flags = join(folder, 'flags.json');
  writeFileSync(flags, readFileSync(flags, 'utf8').replace('false', 'true'));
  for (const line of ['dark mode: true', 'Hello, night owl']) await app.printed(line);
  console.log(`The Quick start works with ${tarball.split(/[\\/]/).at(-1)}.`);
} finally {
  for (const program of programs) program.end();
  rmSync(folder, { recursive: true, force: true });
}

/** A file as it is in the tarball. */
function readInPackage(path) {
  execFileSync('tar', ['-xzf', tarball, '-C', folder, `package/${path}`]);
  const text = readFileSync(join(folder, 'package', path), 'utf8');
  rmSync(join(folder, 'package'), { recursive: true });
  return text;
}

function blocksOf(text, language) {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block);
}

function shell(command) {
  execFileSync(command, { cwd: folder, shell: true, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Starts a command that goes on, in a group of its own: the shell and what it starts end together. */
function start(command) {
  const child = spawn(command, { cwd: folder, shell: true, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let hasEnded = false;
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  child.once('close', () => (hasEnded = true));
  const program = {
    printed: async (wanted) => {
      const deadline = performance.now() + patienceMs;
      while (!output.split('\n').some((line) => line.startsWith(wanted))) {
        if (hasEnded || performance.now() > deadline) {
          throw new Error(`\`${command}\` ${hasEnded ? 'ended' : 'ran'} without printing "${wanted}":\n${output}`);
        }
        await pause(50);
      }
    },
    end: () => {
      if (!hasEnded) process.kill(-child.pid);
    },
  };
  programs.push(program);
  return program;
}
