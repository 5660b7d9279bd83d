import packageJson from '../package.json';
import { version } from '../src/version';

describe('version', () => {
  it('is the version of the package', () => {
    expect(version).toBe(packageJson.version);
  });
});
