import type * as library from '../../src';

/** The library as a runtime gets it. */
export type Library = typeof library;

const replaced = {
  '#config-index': '../../src/model/no-config-index',
  '#evaluation-memory': '../../src/evaluation/no-memory',
};

/** Loads the library once more: as servers and workers get it, which remember, or as browsers do. */
export function loadLibrary(runtime: 'servers' | 'browsers'): Library {
  const names = Object.entries(replaced);
  let loaded: Library | undefined;
  jest.isolateModules(() => {
    for (const [name, path] of names) {
      if (runtime === 'browsers') jest.doMock(name, () => jest.requireActual<object>(path));
    }
    loaded = jest.requireActual<Library>('../../src');
  });
  for (const [name] of names) jest.dontMock(name);
  return loaded!;
}
