// Which specs should notice a change of which folder of src: those without processes, browsers and waiting by the clock.
const { readdirSync, statSync } = require('node:fs');
const path = require('node:path');

const folder = path.resolve(__dirname, '../../spec');

const specsOf = {
  evaluation: ['evaluation', 'formats', 'model', 'conformance', 'client', 'overrides'],
  acquisition: ['acquisition', 'client', 'core', 'overrides'],
  core: ['core', 'client', 'acquisition', 'overrides', 'logging'],
  flags: ['client', 'core', 'logging', 'operators', 'testing'],
};

/** What counts what a whole process has, or takes seconds by itself, and what runs others anew. */
const leftOut = new RegExp(
  [
    ...['dispose', 'forgotten', 'http', 'live-clients', 'memory', 'old-engines', 'process-life', 'variants'].map(
      (name) => `client/${name}`,
    ),
    ...['in-browsers', 'long-chains'].map((name) => `evaluation/${name}`),
  ].join('|'),
);
/** Last, because they are slow or wide: what they alone notice deserves a spec of its own. */
const slow = /differential|evaluation\/explain|interop|bad-input|masked-key|config-text|client\/users|matrices/;

/** With `SPECS=acquisition/polling,core/` only those that begin so: quick, and no measure of all. */
const isWanted = (file) => (process.env.SPECS ?? '').split(',').some((start) => file.startsWith(start));

/** The specs for a file of src, cheap ones first. */
exports.specsFor = (source) => {
  const part = source.split('/')[1];
  const files = specsOf[part]
    .flatMap((name) => readdirSync(path.join(folder, name)).map((file) => `${name}/${file}`))
    .filter((file) => file.endsWith('.spec.ts') && !leftOut.test(file) && isWanted(file));
  const costOf = (file) => (slow.test(file) ? 1e9 : 0) + statSync(path.join(folder, file)).size;
  const isNear = (file) => file.startsWith(`${part}/`) || file.includes(path.basename(source, '.ts'));
  const rankOf = (file) => costOf(file) - (isNear(file) ? 1e6 : 0);
  return files.sort((a, b) => rankOf(a) - rankOf(b)).map((file) => path.join(folder, file));
};

/** The parts of src that are measured. */
exports.parts = Object.keys(specsOf);
