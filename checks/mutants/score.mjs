// Which mutants nobody noticed, of what StrykerJS reports, without those that change nothing.

/** Asked of each part of src: the share of mutants that specs notice. */
export const goals = { evaluation: 0.98, acquisition: 0.96, core: 0.96, flags: 0.96 };

const longestCode = 120;

/**
 * The mutants of a report, each as `{ file, code, original, replacement, fate }`. Its `code` is the line in which it
 * begins: other than a number, that stays when something is written above.
 */
export function mutantsOf(report) {
  return Object.entries(report.files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    return mutants.map(({ location: { start, end }, replacement, status }) => ({
      file,
      code: lines[start.line - 1].trim(),
      original: shorten(between(lines, start, end)),
      replacement: shorten(replacement ?? ''),
      fate: fateOf(status),
    }));
  });
}

/** Counts mutants by what has become of them, and names the survivors that no list calls equivalent. */
export function scoreOf(mutants, equivalents) {
  const isListed = (mutant) => equivalents.some((listed) => isSame(listed, mutant));
  const counted = mutants.filter(({ fate }) => fate !== 'left out');
  const noticed = counted.filter(({ fate }) => fate === 'noticed');
  const equivalent = counted.filter((mutant) => mutant.fate !== 'noticed' && isListed(mutant));
  const survivors = counted.filter((mutant) => mutant.fate !== 'noticed' && !isListed(mutant));
  const asked = counted.length - equivalent.length;
  return {
    mutants: counted.length,
    noticed: noticed.length,
    equivalent: equivalent.length,
    survivors,
    score: asked === 0 ? 1 : noticed.length / asked,
  };
}

/** What a list calls equivalent, but which is no mutant any more, or one that specs notice. */
export function outdated(equivalents, mutants) {
  const files = new Set(mutants.map(({ file }) => file));
  const isAlive = (listed) => mutants.some((mutant) => mutant.fate !== 'noticed' && isSame(listed, mutant));
  return equivalents.filter((listed) => files.has(listed.file) && !isAlive(listed));
}

function isSame(a, b) {
  return ['file', 'code', 'original', 'replacement'].every((key) => a[key] === b[key]);
}

function fateOf(status) {
  if (status === 'Killed' || status === 'Timeout') return 'noticed';
  return status === 'Survived' || status === 'NoCoverage' ? 'survived' : 'left out';
}

/** Columns and lines begin at 1. */
function between(lines, start, end) {
  const part = lines.slice(start.line - 1, end.line);
  part[part.length - 1] = part.at(-1).slice(0, end.column - 1);
  part[0] = part[0].slice(start.column - 1);
  return part.join('\n');
}

function shorten(code) {
  const text = code.replace(/\s+/g, ' ');
  return text.length > longestCode ? `${text.slice(0, longestCode)}…` : text;
}
