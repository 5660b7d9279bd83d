// Writes etc/*.api.md: what each entry of the package exports, with all signatures, made from the built declarations.
// With --check it writes nothing, and fails with a diff where a report says something else than the declarations; and
// where something is not as it was in the last release (etc/released), without a version and a text for users that say
// so. With --released the reports become those of the last release, which is part of releasing.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { allowsBreaks, announcesBreaks, incompatibleChanges, names, newestSections } from './api-changes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist/esm');
const reports = join(root, 'etc');
const lastRelease = join(reports, 'released');
const { name: packageName, version, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

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
    compareWithRelease(found);
  } else {
    write(found, reports);
    if (process.argv.includes('--released')) {
      write(found, lastRelease);
      writeFileSync(join(lastRelease, 'version.json'), `${JSON.stringify({ version })}\n`);
    }
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

function write(from, to) {
  for (const name of reportsIn(to)) rmSync(join(to, name));
  cpSync(from, to, { recursive: true });
}

function reportsIn(folder) {
  return readdirSync(folder).filter((name) => name.endsWith('.api.md'));
}

function compare(found) {
  const different = [...new Set([...reportsIn(reports), ...reportsIn(found)])].filter((name) => {
    const paths = [reports, found].map((folder) => (existsSync(join(folder, name)) ? join(folder, name) : '/dev/null'));
    const options = ['--no-index', '--no-ext-diff', '--no-color'];
    const { status, error } = spawnSync('git', ['diff', ...options, ...paths], { cwd: root, stdio: 'inherit' });
    if (error) throw error;
    return status !== 0;
  });
  if (different.length === 0) return console.log('etc: the reports are what the declarations say.');
  console.error('The API is not (+) what etc/ says (-). When that is meant, `npm run api` writes it down.');
  process.exitCode = 1;
}

/** Fails where programs that work with the last release would not work, and nobody has told their authors. */
function compareWithRelease(found) {
  const { version: released } = JSON.parse(readFileSync(join(lastRelease, 'version.json'), 'utf8'));
  const changesets = changesetsIn(join(root, '.changeset')).filter((text) =>
    announcesBreaks(text, packageName, released),
  );
  const told = [...changesets];
  if (allowsBreaks(released, version)) {
    told.push(newestSections(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), released));
  }
  const problems = reportsIn(lastRelease).flatMap((report) => {
    const read = (folder) => (existsSync(join(folder, report)) ? readFileSync(join(folder, report), 'utf8') : '');
    return incompatibleChanges(read(lastRelease), read(found))
      .filter(({ name }) => !told.some((text) => names(text, name)))
      .map(({ name, what }) => `  ${report}: ${name} ${what}`);
  });
  if (problems.length === 0) return console.log(`etc/released: programs for ${released} work, or have been warned.`);
  console.error(
    `Not as in ${released}, and no changeset for ${nextVersions(released)} names it:\n${problems.join('\n')}`,
  );
  process.exitCode = 1;
}

function changesetsIn(folder) {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
  return files.map((name) => readFileSync(join(folder, name), 'utf8'));
}

function nextVersions(released) {
  return released.startsWith('0.') ? 'a minor or major version' : 'a major version';
}
