import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');

// Type checking the package once more takes its time.
jest.setTimeout(60_000);

/** The TypeScript blocks of a page, JSX included. */
function blocksOf(page: string): { readonly language: string; readonly code: string }[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(tsx?)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({ language, code }));
}

describe('the code in README.md', () => {
  it('compiles', () => {
    const blocks = new Map(
      blocksOf('README.md').map(({ language, code }, i) => [join(root, `spec/readme-${i}.${language}`), code]),
    );
    expect(blocks.size).toBeGreaterThan(5);
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const checked = { ...options, noUnusedLocals: false, moduleDetection: ts.ModuleDetectionKind.Force };
    const host = ts.createCompilerHost(checked);
    host.readFile = (path) => blocks.get(path) ?? ts.sys.readFile(path);
    host.fileExists = (path) => blocks.has(path) || ts.sys.fileExists(path);
    const program = ts.createProgram([...blocks.keys()], checked, host);
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText, file }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    expect(problems).toEqual([]);
  });

  it('is for tests what is tested here', () => {
    const example = readFileSync(join(root, 'spec/testing/example.spec.ts'), 'utf8');
    expect(blocksOf('README.md').map(({ code }) => code)).toContain(example);
  });
});
