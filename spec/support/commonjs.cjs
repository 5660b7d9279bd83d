// A transform of Jest: ES modules of packages, as specs can load them.
const { transformSync } = require('esbuild');

module.exports = {
  process: (source) => ({ code: transformSync(source, { format: 'cjs', target: 'es2022' }).code }),
};
