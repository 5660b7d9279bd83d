/*
 * Evaluation as browsers get it, which remembers nothing and reads no texts: the same specs as those of servers.
 */
jest.doMock('#config-index', () => jest.requireActual<object>('../../src/model/no-config-index'));
jest.doMock('#evaluation-memory', () => jest.requireActual<object>('../../src/evaluation/no-memory'));

const specs = [
  '../model/config.spec',
  ...['compile', 'differential', 'hashed', 'numbers', 'percentage'].map((name) => `./${name}.spec`),
  ...['prerequisites', 'semver', 'text', 'versions'].map((name) => `./${name}.spec`),
];
for (const path of specs) jest.requireActual(path);
