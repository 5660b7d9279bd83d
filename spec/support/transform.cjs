// A transform of Jest: TypeScript, and ES modules of packages, as specs can load them. `npm run typecheck` checks types,
// of everything at once.
const { readFileSync } = require('node:fs');
const { createHash } = require('node:crypto');
const esbuild = require('esbuild');

const itself = readFileSync(__filename);
const tsconfigRaw = {
  compilerOptions: { target: 'ES2022', experimentalDecorators: true, useDefineForClassFields: true, jsx: 'react-jsx' },
};

module.exports = {
  process: (source, path) => {
    // Imports come first in the output.
    if (/^jest\.mock\(/m.test(source))
      throw new Error(`${path}: take jest.doMock(), as nothing lifts jest.mock() above imports.`);
    const loader = /\.m?js$/.test(path) ? 'js' : 'ts';
    const options = {
      format: 'cjs',
      target: 'es2022',
      supported: { 'dynamic-import': false },
      loader,
      // As `.mjs` it would see the members of CommonJS packages that say to be ES modules otherwise.
      sourcefile: path.replace(/\.mjs$/, '.js'),
      sourcemap: 'inline',
      tsconfigRaw,
    };
    return { code: esbuild.transformSync(source, options).code };
  },
  getCacheKey: (source, path, { configString }) =>
    createHash('sha1').update([itself, esbuild.version, path, configString, source].join('\0')).digest('hex'),
};
