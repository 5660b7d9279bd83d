// Installs what the bench measures, when its lock file is newer than what is installed, and lets `configcat-rx` mean
// the built package of this repository.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const modifiedAt = (path) => statSync(folder + path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modifiedAt('package-lock.json') > modifiedAt('node_modules/.package-lock.json')) {
  // npm run names this package's root to its children; npm ci is to find its own.
  execFileSync('npm', ['ci', '--prefix', folder], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
const link = `${folder}node_modules/configcat-rx`;
if (!existsSync(link)) symlinkSync('../..', link, 'junction');
