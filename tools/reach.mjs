// Follows what the files of the package refer to, so that nothing is in it that nobody can come to.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** What people read, or npm. */
const documents = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist/cli/LICENSES.txt'];

/**
 * The files of a package, by their paths from its root with `/`, that something leads to: package.json or a document, and
 * from there imports, declarations, source maps and files that programs read.
 *
 * @throws when one refers to a file that is not there.
 */
export function reachableFiles(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const reached = new Set(documents);
  for (const path of pathsIn(manifest)) reached.add(path);
  // A set tells of what is added while it is walked through.
  for (const path of reached) {
    if (!existsSync(join(root, path))) throw new Error(`${path} is referred to, but is not there.`);
    if (statSync(join(root, path)).isDirectory()) {
      reached.delete(path);
      for (const name of readdirSync(join(root, path))) reached.add(`${path}/${name}`);
    } else {
      for (const target of targetsOf(root, path)) reached.add(target);
    }
  }
  return reached;
}

/** All paths in package.json: of entries, imports, types and programs. */
function pathsIn(value) {
  if (typeof value === 'string') return value.startsWith('./') ? [value.slice(2)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

/** What a file refers to inside of the package. */
function targetsOf(root, path) {
  if (!/\.([cm]?[jt]s|map)$/.test(path)) return [];
  const text = readFileSync(join(root, path), 'utf8');
  const from = (target) => relative(root, join(root, dirname(path), target)).replaceAll('\\', '/');
  if (path.endsWith('.map')) {
    const { sources, sourceRoot = '' } = JSON.parse(text);
    return sources.filter((source) => source !== null).map((source) => from(join(sourceRoot, source)));
  }
  const modules = ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => /^\.{1,2}\//.test(name))
    .map((name) => moduleFile(path, from(name)));
  const files = [
    ...text.matchAll(/new URL\(['"](\.[^'"]+)['"], import\.meta\.url\)/g),
    ...text.matchAll(/^\/\/# sourceMappingURL=(.+)$/gm),
  ].map(([, name]) => from(name));
  return [...modules, ...files];
}

/** The file that an import names: beside declarations and sources, the one that its JavaScript was made with. */
function moduleFile(importer, path) {
  if (/\.d\.[cm]?ts$/.test(importer)) return path.replace(/\.([cm]?)js$/, '.d.$1ts');
  return importer.endsWith('.ts') ? path.replace(/\.js$/, '.ts') : path;
}
