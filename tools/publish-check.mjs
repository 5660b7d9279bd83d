// Refuses to publish what is not ready: while placeholders of the owner stand in package.json, or while the changelog has
// no section for the version. `npm publish` runs it; the release workflow does so before it publishes a tarball.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Stands for whoever publishes the package. package.json is the one file that has it; all else reads it there. */
export const placeholder = 'OWNER';

/** Why a package cannot be published: a sentence each, none when it can. */
export function obstaclesOf(manifest, changelog) {
  const { name, version } = manifest;
  const fields = ['author', 'repository', 'homepage', 'bugs', 'funding'];
  const missing = fields.filter((field) => !manifest[field]);
  const unfilled = fields.filter((field) => JSON.stringify(manifest[field] ?? '').includes(placeholder));
  const hasSection = changelog
    .split('\n')
    .some((line) => line.startsWith(`## ${version} `) || line === `## ${version}`);
  return [
    ...missing.map((field) => `package.json does not say \`${field}\`.`),
    ...unfilled.map((field) => `\`${field}\` in package.json still has the placeholder ${placeholder}.`),
    ...(hasSection ? [] : [`CHANGELOG.md has no section "## ${version}" of ${name}: see \`npm run next-version\`.`]),
  ];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const read = (path) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');
  const obstacles = obstaclesOf(JSON.parse(read('package.json')), read('CHANGELOG.md'));
  for (const obstacle of obstacles) console.error(obstacle);
  process.exitCode = obstacles.length === 0 ? 0 : 1;
}
