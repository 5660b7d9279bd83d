import js from '@eslint/js';
import rxjsX from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

const timeIsAPort = 'Time is a port: take it from the scheduler, so that specs can draw it.';
const fromRxjsRoot = { regex: '^rxjs/(?!testing$)', message: 'Import from the root of rxjs.' };

/** What is newer than the oldest browsers (Chrome 93, Firefox 92, Safari 16) and Hermes, the engine of React Native. */
const isNew = 'Not in all engines that we run in.';
const newProperties = [
  ...['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with', 'isWellFormed', 'toWellFormed'],
  ...['hasOwn', 'groupBy', 'fromAsync', 'canParse', 'withResolvers', 'replaceAll', 'randomUUID'],
].map((property) => ({ property, message: isNew }));
const newSyntax = [
  { selector: 'Literal[regex.pattern=/\\(\\?<[=!]/]', message: `Lookbehind: ${isNew}` },
  { selector: 'NewExpression[callee.name=/^(AggregateError|WeakRef|FinalizationRegistry)$/]', message: isNew },
  { selector: 'CallExpression[callee.name="structuredClone"]', message: isNew },
  {
    selector: 'TSTypeReference[typeName.name="Uint8Array"][typeArguments]',
    message: 'Compilers before TypeScript 5.7 refuse declarations with it.',
  },
];
const timeSyntax = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: timeIsAPort },
  { selector: 'CallExpression[callee.name=/^(setTimeout|setInterval)$/]', message: timeIsAPort },
  { selector: 'ExportDefaultDeclaration', message: 'One name, found the same way everywhere.' },
];
const timeProperties = [{ object: 'Date', property: 'now', message: timeIsAPort }];

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '.stryker-tmp/',
      'reports/',
      'docs/api/',
      'coverage/',
      'samples/next/.next/',
      'samples/next/next-env.d.ts',
      // What its types are of is installed by the check, which compiles it.
      'checks/observability/types.ts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, rxjsX.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // Indexed access is checked; where an index is known to be inside, `!` says so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Streams of this library never error.
      'rxjs-x/no-ignored-error': 'off',
      'no-restricted-imports': ['error', { patterns: [fromRxjsRoot] }],
    },
  },
  {
    // What these import is there only where they are installed; `typecheck` of bench/ and `npm run samples` see it.
    files: ['bench/**/*.ts', 'checks/instructions/**/*.ts', 'samples/*/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
    rules: Object.fromEntries(Object.keys(rxjsX.rules).map((name) => [`rxjs-x/${name}`, 'off'])),
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      complexity: ['error', 14],
      'max-params': ['error', 5],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': ['error', ...timeProperties, ...newProperties],
      'no-restricted-syntax': ['error', ...timeSyntax, ...newSyntax],
    },
  },
  {
    files: ['spec/**/*.ts'],
    rules: {
      'rxjs-x/no-ignored-default-value': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
    },
  },
  {
    // Programs for the compiler, never run.
    files: ['spec/types/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
      'rxjs-x/no-floating-observables': 'off',
    },
  },
  {
    // What runs in Node, or in the current version of a browser.
    files: ['src/cli/**/*.ts', 'src/inspector/**/*.ts', 'src/{fleet,postgres,redis}/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...timeProperties],
      'no-restricted-syntax': ['error', ...timeSyntax],
    },
  },
  {
    files: ['src/platform/**/*.ts', 'src/plain-timers.ts'],
    rules: {
      'no-restricted-properties': ['error', ...newProperties],
      'no-restricted-syntax': ['error', ...newSyntax],
    },
  },
  {
    files: ['src/server/**/*.ts', 'src/node/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['samples/next/**/*.mjs'],
    languageOptions: { globals: { structuredClone: 'readonly' } },
  },
  {
    files: ['checks/observability/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(['Buffer', 'clearTimeout', 'setTimeout', 'window'].map((name) => [name, 'readonly'])),
    },
  },
  {
    files: ['samples/web/public/*.js'],
    languageOptions: { globals: { document: 'readonly', EventSource: 'readonly' } },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: Object.fromEntries([
        ...['AbortSignal', 'Response', 'URL', 'URLSearchParams'].map((name) => [name, 'readonly']),
        ...['console', 'document', 'fetch', 'location', 'performance', 'process'].map((name) => [name, 'readonly']),
        ['module', 'writable'],
        ['__dirname', 'readonly'],
        ['__filename', 'readonly'],
        ['require', 'readonly'],
      ]),
    },
  },
);
