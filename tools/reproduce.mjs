// Builds the package twice from what git tracks, in two folders that differ in their names, and compares the tarballs: one
// hash, or it says which files differ. What a release holds can then be checked by whoever has its source.
//
//   npm run reproduce
//   npm run reproduce -- --beside    one clean build, beside the one that is there
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'configcat-rx-reproduce-'));
try {
  const first = process.argv.includes('--beside') ? resultIn(root, place) : buildIn(join(place, 'a'));
  const second = buildIn(join(place, 'another-longer-name'));
  const differing = [...new Set([...first.files.keys(), ...second.files.keys()])].filter(
    (path) => first.files.get(path) !== second.files.get(path),
  );
  if (differing.length > 0 || first.hash !== second.hash) {
    throw new Error(
      `Two builds of the same source differ:\n  ${differing.join('\n  ')}\n${first.hash}\n${second.hash}`,
    );
  }
  console.log(`Two builds, one tarball: sha512 ${first.hash}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** Builds and packs a copy of the working tree. */
function buildIn(folder) {
  mkdirSync(folder);
  // Changes that are not committed are built as well; what git ignores is not there.
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const needed = /^(src|tools|docs)\/|^(package(-lock)?\.json|\.npmrc|tsconfig\.json|[A-Z]+(\.md)?)$/;
  for (const path of listed.toString().split('\0')) {
    if (needed.test(path)) cpSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  execFileSync(process.execPath, ['tools/build.mjs'], { cwd: folder, stdio: 'inherit' });
  return resultIn(folder, folder);
}

/** Packs what is built in a folder, and gives the hash of the tarball and of each file. */
function resultIn(folder, destination) {
  const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', destination], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    // npm run names the root of its package to its children; these are to find their own.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))),
  });
  const [{ filename, files }] = JSON.parse(output);
  return {
    hash: hashOf(join(destination, filename)),
    files: new Map(files.map(({ path }) => [path, hashOf(join(folder, path))])),
  };
}

function hashOf(path) {
  return createHash('sha512').update(readFileSync(path)).digest('hex');
}
