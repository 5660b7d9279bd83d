// What the checks of samples share that look for what pages must not know: rules, comparison values, SDK keys.

const sdkKey = 'configcat-sdk-1/sample-environment-key/sample-environment-key';
const mark = 'of-no-concern-to-pages';

/** What a text must not have, by name. */
const secrets = {
  'the SDK key': new RegExp(sdkKey.split('/').slice(1).join('/')),
  'a comparison value': new RegExp(`${mark}-value`),
  'a hashed comparison value': /12_44865e521ac8fc6efd1b38af0b17cb97/,
  'the name of a segment': new RegExp(`${mark}-segment`),
  'the salt': /c2FtcGxlLXNhbHQtZm9yLW91ci1jb25maWctZmlsZXM/,
  // As JSON, or as JSON in a text.
  'a rule': /\\?"c\\?":(\s|\\n)*\[(\s|\\n)*\{(\s|\\n)*\\?"[ups]\\?":(\s|\\n)*\{/,
};

/**
 * Gives all rules of the sample's config something that is nowhere else: pages may well have a "DE" or a "pro" of their own.
 * To be used with `edit()` of the stage, before the sample starts.
 */
export function markRules({ s: segments, f: flags }) {
  segments.forEach((segment, i) => {
    // Hashes are made with the name of their segment.
    if (segment.r.every((condition) => condition.c === 0)) segment.n = `${mark}-segment-${i}`;
    for (const condition of segment.r) markCondition(condition);
  });
  for (const { r: rules = [] } of Object.values(flags)) {
    for (const { c: conditions } of rules) {
      for (const { u: condition } of conditions) markCondition(condition);
    }
  }
}

/** Adds to what texts are compared with; hashes stay, which are told as they are. */
function markCondition(condition) {
  if (condition?.c === 0) condition.l.push(`${mark}-value`);
}

/** The names of the secrets that are in a text. */
export function secretsIn(text) {
  return Object.keys(secrets).filter((name) => secrets[name].test(text));
}

/**
 * Fails when a page, or what it has loaded or sent, has a secret.
 *
 * @param traffic - the whole of it, as `record()` of the stage has it.
 * @param shown - texts that must be there, so that it is known that something has been looked at.
 */
export function expectNoSecrets(traffic, ...shown) {
  const found = secretsIn(traffic);
  if (found.length > 0) throw new Error(`The page knows ${found.join(', ')}.`);
  const missing = shown.filter((text) => !traffic.includes(text));
  if (missing.length > 0) throw new Error(`Nothing of ${missing.join(', ')} has been sent.`);
}

/** Fails unless all secrets are found where they must be: in what a page with a client of its own has loaded. */
export function expectAllSecrets(traffic) {
  const missing = Object.keys(secrets).filter((name) => !secretsIn(traffic).includes(name));
  if (missing.length > 0) throw new Error(`The check is blind: it has not found ${missing.join(', ')}.`);
}
