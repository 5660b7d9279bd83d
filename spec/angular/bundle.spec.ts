import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(__dirname, '../..');

/** The modules of src of which something is in the first chunk of an application in the browser. */
async function modulesOf(contents: string): Promise<readonly string[]> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: join(root, 'src'), loader: 'ts' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    tsconfigRaw: '{}',
    external: ['rxjs', '@angular/*'],
    outdir: 'bundle',
    write: false,
    metafile: true,
    alias: {
      '#explainer': join(root, 'src/flags/explainer-on-demand.ts'),
      '#config-index': join(root, 'src/model/no-config-index.ts'),
      '#evaluation-memory': join(root, 'src/evaluation/no-memory.ts'),
      '#platform': join(root, 'src/platform/browser.ts'),
    },
    absWorkingDir: root,
  });
  const { outputs } = metafile;
  const loaded = new Set(Object.keys(outputs).filter((path) => outputs[path]!.entryPoint === '<stdin>'));
  for (const path of loaded) {
    for (const { kind, path: imported, external } of outputs[path]!.imports) {
      if (kind === 'import-statement' && !external) loaded.add(imported);
    }
  }
  return [...loaded]
    .flatMap((path) => Object.entries(outputs[path]!.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([module]) => module);
}

/** What only clients need. */
const ofClients =
  /^src\/(client\/(client|create-client|options|snapshot)|logging\/texts|flags\/(explain\w*|all-values)|evaluation\/(explain\w*|evaluat\w+-\w+))\b/;

describe('a bundle of', () => {
  it('an application with a core has nothing of clients, log texts, explanations, and what it does not import', async () => {
    const modules = await modulesOf(`
      import { provideConfigCat, injectFlag } from './angular/core';
      import { autoPoll, createCore } from './functions';
      const providers = [provideConfigCat(() => createCore('key', { polling: autoPoll() }))];
      console.log(providers, () => injectFlag('on', false));
    `);
    expect(modules).toEqual(
      expect.arrayContaining(['src/angular/provided.ts', 'src/flags/flag.ts', 'src/core/core.ts']),
    );
    expect(modules.filter((module) => ofClients.test(module))).toEqual([]);
    const others = ['angular/directive', 'angular/zone-client', 'flags/details', 'formats/v5', 'acquisition/cache'];
    expect(modules.filter((module) => others.some((name) => module === `src/${name}.ts`))).toEqual([]);
  });

  it('one with the config of the server has the cache, and no more', async () => {
    const application = (more: string) => `
      import { provideConfigCat, injectFlag } from './angular/core';
      import { autoPoll, createCore, externalCache } from './functions';
      const create = (hydrate) => createCore('key', { polling: autoPoll() ${more} });
      console.log(provideConfigCat(create), () => injectFlag('on', false));
    `;
    const without = await modulesOf(application(''));
    const modules = await modulesOf(application(', cache: externalCache(hydrate())'));
    const added = modules.filter((module) => !without.includes(module));
    expect(added.sort()).toEqual([
      'src/acquisition/cache-read.ts',
      'src/acquisition/cache.ts',
      'src/acquisition/reconcile.ts',
      'src/acquisition/triggers.ts',
      'src/acquisition/writer.ts',
    ]);
  });

  it('one with an SDK key has all that clients can do', async () => {
    const modules = await modulesOf("export { provideConfigCat } from './angular';");
    for (const name of ['client/create-client', 'client/client', 'client/snapshot', 'logging/texts']) {
      expect(modules).toContain(`src/${name}.ts`);
    }
  });
});
