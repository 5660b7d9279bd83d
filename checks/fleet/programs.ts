import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where Debian puts programs that are in nobody's path, by version. */
const postgresFolder = '/usr/lib/postgresql';

/** The path of a program of the system; `undefined` where it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', ...postgresFolders()];
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The newest version first. */
function postgresFolders(): readonly string[] {
  try {
    const versions = readdirSync(postgresFolder).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(postgresFolder, version, 'bin'));
  } catch {
    return [];
  }
}

/** An account for programs that refuse to be run by root; `undefined` where root does not run this process. */
export function accountWithoutRights(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] = ['postgres', 'nobody']
    .map((name) => accounts.find(([given]) => given === name))
    .find(Boolean)!;
  return { uid: Number(uid), gid: Number(gid) };
}

/** Resolves when a program has written a line like this to its errors. */
export async function written(child: ChildProcess, text: RegExp): Promise<void> {
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error([`${child.spawnfile} has ended with code ${String(code)}.`, ...lines].join('\n')));
    });
    createInterface({ input: child.stderr! }).on('line', (line) => {
      lines.push(line);
      if (text.test(line)) resolve();
    });
  });
}

/** A port of this computer that nobody listens on, not above the given one. */
export async function freePort(highest = 65_535): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port > highest ? freePort(highest) : port;
}
