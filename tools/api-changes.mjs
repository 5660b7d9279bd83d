// What of an API report is no longer as programs may have relied on it, and whether a release says so.

/** What users make themselves and hand over: a member more that it must have breaks their programs. */
const madeByUsers = /Options$|^(ConfigCache|Hooks|Logger|PushSource|User)$/;
const declaration =
  /^(export )?(?:declare )?(?:abstract )?(?:function|const|let|interface|type|class|enum|namespace) ([\w$]+)/;

/**
 * The incompatible changes from one report of an entry to another, each as `{ name, what }`: what has gone, and what
 * reads otherwise. Members, overloads and parameters may be added where no program needs to give them.
 */
export function incompatibleChanges(before, after) {
  const old = declarationsOf(before);
  const now = declarationsOf(after);
  const changes = [];
  for (const [name, { isExported, texts }] of old) {
    const found = now.get(name);
    if (!found?.isExported && isExported) changes.push({ name, what: 'is exported no more' });
    else if (found && !texts.every((text) => found.texts.some((other) => isCompatible(name, text, other)))) {
      changes.push({ name, what: 'reads otherwise' });
    }
  }
  return changes;
}

/** Whether one version is so far above another that programs expect incompatible changes: a major, or below 1.0 a minor. */
export function allowsBreaks(released, version) {
  const [major, minor] = numbersOf(released);
  const [nextMajor, nextMinor] = numbersOf(version);
  return nextMajor > major || (major === 0 && nextMajor === 0 && nextMinor > minor);
}

/** Whether a pending changeset asks for such a version: `---`, the packages with their bumps, `---`, what users are told. */
export function announcesBreaks(changeset, packageName, released) {
  const [, packages = ''] = /^---\n([^]*?)\n---\n/.exec(changeset) ?? [];
  const asked = new Map(
    packages.split('\n').map((line) => line.split(':').map((word) => word.replace(/['"]/g, '').trim())),
  );
  const bump = asked.get(packageName);
  return bump === 'major' || (bump === 'minor' && numbersOf(released)[0] === 0);
}

/** Whether a text for users names a declaration: as a word. */
export function names(text, name) {
  return text.split(/[^\w$]+/).includes(name);
}

/** The newest section of a changelog: what is unreleased, and the version that is about to be released. */
export function newestSections(changelog, released) {
  const sections = changelog.split(/^(?=## )/m).slice(1);
  const end = sections.findIndex((section) => section.split('\n', 1)[0].includes(released));
  return (end < 0 ? sections : sections.slice(0, end)).join('');
}

function declarationsOf(report) {
  const [, code = ''] = /```ts\n([^]*?)\n```/.exec(report) ?? [];
  const found = new Map();
  for (const block of code.split(/\n{2,}/)) {
    const text = block.replace(/^\/\/.*\n/gm, '').trim();
    const [, exported, name = exportedName(text)] = declaration.exec(text) ?? [];
    if (name === undefined) continue;
    const entry = found.get(name) ?? { isExported: false, texts: [] };
    entry.isExported ||= exported !== undefined || text.startsWith('export ');
    entry.texts.push(text.replace(/^export /, ''));
    found.set(name, entry);
  }
  return found;
}

/** As in `export { Name }`. */
function exportedName(text) {
  return /^export \{ (?:\w+ as )?([\w$]+) \}/.exec(text)?.[1];
}

function isCompatible(name, before, after) {
  const now = after.split('\n');
  let next = 0;
  for (const line of before.split('\n')) {
    for (; next < now.length && !takesWhatWasGiven(line, now[next]); next++) {
      if (!isAdditive(name, now[next])) return false;
    }
    if (next++ === now.length) return false;
  }
  return next === now.length;
}

/** A member more, of something with members. */
function isAdditive(name, line) {
  return /^ +(readonly )?[\w$[]/.test(line) && (!madeByUsers.test(name) || /^ +(readonly )?[\w$]+\?[:(]/.test(line));
}

/** Whether a line is what it was, but for parameters that need not be given. */
function takesWhatWasGiven(before, after) {
  if (before === after) return true;
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  // The parameter begins where the list of those before it ends.
  const rest = before.slice(start);
  const added = after.slice(start, after.length - rest.length);
  return after.endsWith(rest) && rest.startsWith(')') && /^(, )?[\w$]+\?: [^,()]+$/.test(added);
}

function numbersOf(version) {
  return version.split(/[.-]/).slice(0, 2).map(Number);
}
