import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = join(__dirname, '../..');
const folder = join(root, 'spec/support/templates');
const ngc = join(root, 'node_modules/@angular/compiler-cli/bundles/src/bin/ngc.js');

describe('templates', () => {
  it('compile when they are right, and only then', () => {
    const { stdout, stderr } = spawnSync(process.execPath, [ngc, '-p', folder], { encoding: 'utf8' });
    const report = stripVTControlCharacters(stdout + stderr);
    const lines = [...report.matchAll(/page\.ts[:(](\d+)[^\n]*error/g)].map(([, line]) => Number(line));
    const source = readFileSync(join(folder, 'page.ts'), 'utf8').split('\n');
    const wrong = source.flatMap((text, i) => (text.includes('wrong:') ? [i + 1] : []));
    expect(wrong.length).toBe(8);
    expect([...new Set(lines)].sort((a, b) => a - b)).toEqual(wrong);
    expect(report.match(/error/g)).toHaveLength(lines.length);
  });
});
