// Makes a version: `changeset version` sets the number in package.json by the notes in `.changeset`; this sets it where
// else it stands, closes the section "Unreleased" of the changelog, whose sentences are written with each change, and keeps
// the reports of the API as those of a release.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The changelog with its section "Unreleased" under the number and the day of a version. */
export function closeChangelog(text, version, day) {
  if (!/^## Unreleased$/m.test(text)) throw new Error('CHANGELOG.md has no section "## Unreleased".');
  return text.replace(/^## Unreleased$/m, `## ${version} (${day})`);
}

/** What the changelog says of a version, without its heading. */
export function sectionOf(text, version) {
  const [, ...sections] = text.split(/^## /m);
  const section = sections.find((candidate) => candidate.split(/[ \n]/, 1)[0] === version);
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}".`);
  return section.slice(section.indexOf('\n') + 1).trim() + '\n';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = join(import.meta.dirname, '..');
  const read = (path) => readFileSync(join(root, path), 'utf8');
  if (process.argv[2] === '--notes') {
    process.stdout.write(sectionOf(read('CHANGELOG.md'), JSON.parse(read('package.json')).version));
  } else {
    const npm = (...args) => execFileSync('npm', args, { cwd: root, stdio: 'inherit' });
    // What programs may have relied on has gone only where a note says so.
    npm('run', 'api', '--', '--check');
    const changesets = createRequire(import.meta.url).resolve('@changesets/cli/bin.js');
    execFileSync(process.execPath, [changesets, 'version'], { cwd: root, stdio: 'inherit' });
    const { version } = JSON.parse(read('package.json'));
    writeFileSync(join(root, 'src/version.ts'), read('src/version.ts').replace(/'[^']+'/, `'${version}'`));
    npm('install', '--package-lock-only', '--ignore-scripts');
    const day = new Date().toISOString().slice(0, 10);
    writeFileSync(join(root, 'CHANGELOG.md'), closeChangelog(read('CHANGELOG.md'), version, day));
    npm('run', 'api', '--', '--released');
  }
}
