// Packs the package as it would be published, and has the tarball checked: publint and are-the-types-wrong.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-pack-'));
const run = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  const [{ filename, files, size }] = JSON.parse(
    run('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  const tarball = join(folder, filename);
  console.log(`${filename}: ${files.length} files, ${size} bytes`);
  console.log(run(process.execPath, cliOf('publint'), tarball, '--strict'));
  // Angular is ES modules only, and so is what is for it.
  const attw = cliOf('@arethetypeswrong/cli', 'attw');
  console.log(run(process.execPath, attw, tarball, '--exclude-entrypoints', 'angular'));
  console.log(run(process.execPath, attw, tarball, '--entrypoints', 'angular', '--profile', 'esm-only'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function cliOf(name, command = name) {
  const folder = join(root, 'node_modules', name);
  return join(folder, require(join(folder, 'package.json')).bin[command]);
}
