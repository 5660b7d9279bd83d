import { execFileSync } from 'node:child_process';
import { root } from './support/snippets';
import packageJson from '../package.json';

type Manifest = Readonly<Record<string, unknown>>;

const { obstaclesOf, placeholder } = jest.requireActual<{
  obstaclesOf: (manifest: Manifest, changelog: string) => string[];
  placeholder: string;
}>('../tools/publish-check.mjs');
const { closeChangelog, sectionOf } = jest.requireActual<{
  closeChangelog: (text: string, version: string, day: string) => string;
  sectionOf: (text: string, version: string) => string;
}>('../tools/version.mjs');

const changelog = '# Changes\n\n## 1.2.0 (2026-12-01)\n\n### Added\n\n- More.\n\n## 1.1.0\n\n- Less.\n';
const owned = JSON.parse(JSON.stringify(packageJson).replaceAll(placeholder, 'someone')) as Manifest;

describe('publishing', () => {
  it('is possible once somebody owns the package, and the changelog knows the version', () => {
    expect(obstaclesOf({ ...owned, version: '1.2.0' }, changelog)).toEqual([]);
    expect(obstaclesOf({ ...owned, version: '1.1.0' }, changelog)).toEqual([]);
  });

  it.each(['author', 'repository', 'homepage', 'bugs', 'funding'])(
    'is refused while `%s` is missing or a placeholder',
    (field) => {
      const ready = { ...owned, version: '1.2.0' };
      expect(obstaclesOf({ ...ready, [field]: undefined }, changelog)).toEqual([
        `package.json does not say \`${field}\`.`,
      ]);
      expect(obstaclesOf({ ...ready, [field]: { url: `https://example.com/${placeholder}` } }, changelog)).toEqual([
        `\`${field}\` in package.json still has the placeholder ${placeholder}.`,
      ]);
    },
  );

  it.each(['1.2.1', '1.2', '2.0.0'])('is refused for version %s, of which the changelog says nothing', (version) => {
    expect(obstaclesOf({ ...owned, version }, changelog)).toHaveLength(1);
  });

  it('has to fill in one file only', () => {
    const found = execFileSync('git', ['grep', '-lw', placeholder], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    // The lock file repeats package.json.
    const others = ['package.json', 'package-lock.json', 'tools/publish-check.mjs'];
    expect(found.filter((path) => !others.includes(path))).toEqual([]);
  });
});

describe('the changelog', () => {
  it('gets the number and the day of a version where changes were collected', () => {
    const text = '# Changes\n\n## Unreleased\n\n- New.\n\n## 1.2.0 (2026-12-01)\n';
    const closed = closeChangelog(text, '1.3.0', '2026-12-24');
    expect(closed).toBe('# Changes\n\n## 1.3.0 (2026-12-24)\n\n- New.\n\n## 1.2.0 (2026-12-01)\n');
    expect(() => closeChangelog(closed, '1.4.0', '2026-12-25')).toThrow('no section "## Unreleased"');
  });

  it('gives what it says of one version, for the notes of a release', () => {
    expect(sectionOf(changelog, '1.2.0')).toBe('### Added\n\n- More.\n');
    expect(sectionOf(changelog, '1.1.0')).toBe('- Less.\n');
    expect(() => sectionOf(changelog, '1.3.0')).toThrow('no section "## 1.3.0"');
  });
});
