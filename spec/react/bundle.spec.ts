import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

describe('a bundle of hooks over a core', () => {
  const root = join(__dirname, '../..');
  const modulesOf = async (names: string) => {
    const { metafile } = await build({
      stdin: {
        contents: `export { ${names} } from './src/react/core.ts'; export { createCore, autoPoll } from './src/functions.ts';`,
        resolveDir: root,
        loader: 'ts',
      },
      external: ['react', 'rxjs'],
      alias: {
        '#config-index': join(root, 'src/model/no-config-index.ts'),
        '#evaluation-memory': join(root, 'src/evaluation/no-memory.ts'),
        '#platform': join(root, 'src/platform/browser.ts'),
        '#explainer': join(root, 'src/flags/explainer-on-demand.ts'),
      },
      tsconfigRaw: '{}',
      absWorkingDir: root,
      bundle: true,
      format: 'esm',
      platform: 'browser',
      metafile: true,
      write: false,
      outdir: 'bundle',
    });
    const [output] = Object.values(metafile.outputs);
    return Object.entries(output!.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path.replace('src/', ''));
  };

  it('has no client, no log texts, no explanations and no reader of the previous format', async () => {
    const modules = await modulesOf('ConfigCatProvider, useSource, useFlag, useFlagDetails, useFlags');
    expect(modules).toContain('react/use-flags.ts');
    expect(
      modules.filter((path) =>
        /^client\/(client|create-client|options)|logging\/texts|expla|formats\/v5\.ts/.test(path),
      ),
    ).toEqual([]);
  });

  it('has details and reads of many flags only where their hooks are imported', async () => {
    const modules = await modulesOf('ConfigCatProvider, useFlag');
    expect(modules).toContain('flags/flag.ts');
    expect(modules.filter((path) => /details|all-values|table|flags\/flags|use-flags/.test(path))).toEqual([]);
  });
});

describe('the modules of React', () => {
  it('say that they are of the client where an entry exports them, and entries do not say so', () => {
    const folder = join(__dirname, '../../src/react');
    const source = (name: string) => readFileSync(join(folder, name), 'utf8');
    const exported = ['index.ts', 'core.ts'].flatMap((entry) =>
      [...source(entry).matchAll(/export \{[^}]*\} from '\.\/([\w-]+)\.js'/g)].map(([, name]) => `${name}.ts`),
    );
    const isOfClient = (name: string) => source(name).startsWith("'use client';");
    expect(exported.filter((name) => !isOfClient(name))).toEqual(['hydration.ts', 'hydration.ts']);
    expect(['index.ts', 'core.ts', 'hydration.ts'].filter(isOfClient)).toEqual([]);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(exported));
  });
});
