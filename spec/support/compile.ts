import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../..');

/**
 * What the compiler says of programs, with the options of the project and its entries under their public names.
 *
 * @param programs - code by file name; each is a module of its own, and can import others in its folder.
 */
export function problemsOf(programs: ReadonlyMap<string, string>): string[] {
  const files = new Map(Array.from(programs, ([name, code]) => [join(root, 'spec', name), code]));
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const checked = { ...options, noUnusedLocals: false, moduleDetection: ts.ModuleDetectionKind.Force };
  const host = ts.createCompilerHost(checked);
  host.readFile = (path) => files.get(path) ?? ts.sys.readFile(path);
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path);
  const folders = new Set([...files.keys()].map(dirname));
  host.directoryExists = (path) => folders.has(path) || ts.sys.directoryExists(path);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...files.keys()], checked, host))
    .map(({ messageText, file }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}
