// Bundles the command line and the page of its inspector: programs, not modules, so what they are built of is part of
// them and nobody who imports the library installs it.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

/**
 * @param root - folder of the package, for its sources.
 * @param library - folder of the built library in ES modules, which the command line shares with everybody else;
 * without it, the command line comes with all that it needs.
 * @param dist - where `cli/` and `inspector/` go.
 */
export async function bundlePrograms({ root, library, dist }) {
  const cli = join(dist, 'cli');
  const [program, page] = await Promise.all([
    build({
      ...common,
      entryPoints: [join(root, 'src/cli/main.ts')],
      outfile: join(cli, 'main.js'),
      platform: 'node',
      target: 'node20.19',
      external: library ? ['rxjs'] : [],
      alias: {
        '#config-index': join(root, 'src/model/config-index.ts'),
        '#evaluation-memory': join(root, 'src/evaluation/memory.ts'),
        '#explainer': join(root, 'src/flags/explainer-at-hand.ts'),
        '#platform': join(root, 'src/platform/node.ts'),
      },
      // commander asks for Node's modules as CommonJS does.
      banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
      plugins: [{ name: 'library', setup: (step) => step.onResolve({ filter: /\/index\.js$/ }, toLibrary) }],
    }),
    build({
      ...common,
      entryPoints: [join(root, 'src/inspector/page/main.ts')],
      outfile: join(dist, 'inspector/page.js'),
      platform: 'browser',
      target: 'es2022',
      minify: true,
      alias: {
        '#config-index': join(root, 'src/model/no-config-index.ts'),
        '#evaluation-memory': join(root, 'src/evaluation/no-memory.ts'),
        '#explainer': join(root, 'src/flags/explainer-on-demand.ts'),
        '#platform': join(root, 'src/platform/browser.ts'),
      },
    }),
  ]);
  mkdirSync(join(dist, 'inspector'), { recursive: true });
  for (const name of ['index.html', 'page.css']) {
    copyFileSync(join(root, 'src/inspector/page', name), join(dist, 'inspector', name));
  }
  if (library) writeFileSync(join(cli, 'LICENSES.txt'), licenses(root, [program, page]));

  function toLibrary({ path, resolveDir }) {
    const inside = relative(join(root, 'src'), join(resolveDir, path));
    if (
      !library ||
      inside.startsWith('..') ||
      !/^(?:(?:node|relay|server)\/)?index\.js$/.test(inside.replaceAll('\\', '/'))
    )
      return;
    const address = relative(cli, join(library, inside)).replaceAll('\\', '/');
    return { path: address, external: true };
  }
}

const common = {
  bundle: true,
  format: 'esm',
  metafile: true,
  tsconfigRaw: '{}',
  logLevel: 'warning',
  // The names of modules are in the output: they are the same wherever the packages are.
  preserveSymlinks: true,
};

/** The licences of the packages whose code is in the bundles, as they ask whoever passes it on to say. */
function licenses(root, results) {
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const names = inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean);
  return [...new Set(names)]
    .sort()
    .map((name) => {
      const folder = join(root, 'node_modules', name);
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return `${name} ${version}\n\n${readLicense(folder)}`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function readLicense(folder) {
  const name = readdirSync(folder).find((file) => /^licen[cs]e(\.|$)/i.test(file));
  if (!name) throw new Error(`${dirname(folder)}: no licence found in ${folder}.`);
  return readFileSync(join(folder, name), 'utf8');
}
