// Writes etc/*.api.md: what each entry of the package exports, with all signatures, made from the built declarations.
// With --check it writes nothing, and fails with a diff where a report says something else than the declarations.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist/esm');
const reports = join(root, 'etc');
const { name: packageName, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The entries of the package, each with its file of declarations in dist/esm. */
const entries = Object.entries(exports)
  .map(([path, target]) => ({ path, types: (target.import ?? target).types }))
  .filter(({ types }) => types)
  .map(({ path, types }) => ({
    name: `${packageName}${path.slice(1)}`,
    file: relative(built, join(root, types)),
    report: `${path === '.' ? 'root' : path.slice(2).replaceAll('/', '-')}.api.md`,
  }));

// By its real path, which the compiler goes by.
const stage = realpathSync(mkdtempSync(join(tmpdir(), 'configcat-rx-api-')));
try {
  const found = join(stage, 'etc');
  mkdirSync(found);
  for (const [report, text] of reportAll(stageDeclarations())) writeFileSync(join(found, report), text);
  if (process.argv.includes('--check')) {
    compare(found);
  } else {
    rmSync(reports, { recursive: true, force: true });
    cpSync(found, reports, { recursive: true });
  }
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/**
 * Copies the declarations, with entries importing each other by their public names: so a report says from which entry
 * a type comes, instead of repeating it.
 */
function stageDeclarations() {
  const folder = join(stage, 'package');
  for (const path of readdirSync(built, { recursive: true })) {
    if (!path.endsWith('.d.ts')) continue;
    const text = readFileSync(join(built, path), 'utf8');
    const staged = text.replace(/(['"])(\.{1,2}\/[^'"\n]+)\.js\1/g, (whole, quote, target) => {
      const imported = entries.find(({ file }) => file === join(dirname(path), `${target}.d.ts`));
      return imported ? `${quote}${imported.name}${quote}` : whole;
    });
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), staged);
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'staged', type: 'module' }));
  symlinkSync(join(root, 'node_modules'), join(stage, 'node_modules'), 'junction');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', packageName), 'junction');
  return folder;
}

function reportAll(folder) {
  const configs = entries.map(({ file, report }) => prepare(folder, file, report));
  // One compilation for all of them.
  const compilerState = CompilerState.create(configs[0], {
    additionalEntryPoints: configs.map((config) => config.mainEntryPointFilePath),
  });
  return entries.map(({ name, report }, index) => {
    // "Local", so that the extractor writes a report instead of comparing it.
    const { succeeded } = Extractor.invoke(configs[index], { localBuild: true, compilerState, messageCallback });
    if (!succeeded) throw new Error(`${name}: its declarations cannot be reported; what is wrong stands above.`);
    const text = readFileSync(join(stage, report), 'utf8')
      .replace('"staged"', `"${name}"`)
      // What is documented is typedoc's to check.
      .replace(/^ *\/\/ \(undocumented\)\n/gm, '')
      .replace(/ \(undocumented\)$/gm, '')
      .replace('// (No @packageDocumentation comment for this package)\n\n', '');
    return [report, text];
  });
}

function prepare(folder, file, report) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, file),
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          extends: join(root, 'tools/tsconfig.build.json'),
          compilerOptions: { rootDir: folder, paths: {}, typeRoots: [join(root, 'node_modules/@types')] },
          files: [file],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: stage,
        reportTempFolder: join(stage, 'unused'),
        // Types that are not exported, but that exported ones are made of.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: {
          default: { logLevel: 'error' },
          'ae-forgotten-export': { logLevel: 'none' },
          // Everything is public: the compiler has left out what is marked as internal.
          'ae-missing-release-tag': { logLevel: 'none' },
          // typedoc checks comments.
          'ae-undocumented': { logLevel: 'none' },
          'ae-unresolved-link': { logLevel: 'none' },
        },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
}

/** Silences what the extractor says of its own work; what it finds is told. */
function messageCallback(message) {
  if (message.category === 'console') message.logLevel = 'none';
}

function compare(found) {
  const options = ['--no-index', '--no-ext-diff', '--no-color'];
  const { status, error } = spawnSync('git', ['diff', ...options, 'etc', found], { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status === 0) return console.log('etc: the reports are what the declarations say.');
  console.error('The API is not (+) what etc/ says (-). When that is meant, `npm run api` writes it down.');
  process.exitCode = 1;
}
