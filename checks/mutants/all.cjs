// All specs of a file as one, so that Jest loads every module once per mutant.
/* global describe */
const { specsFor } = require('./specs.cjs');

for (const file of specsFor(process.env.MUTATED))
  describe(`${file}:`, () => {
    require(file);
  });
