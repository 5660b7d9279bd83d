import type { ServedValue, SettingType } from './config.js';
import { toServedValue } from './config-document.js';

/**
 * The value that a setting serves to those whom no rule reaches, if nothing but that is different from what the text of the
 * setting was before: then its rules and options need not be read again.
 *
 * @param before - the text, without blanks, as `readConfigText()` accepts it.
 * @param type - what the setting was, and so still is.
 * @returns `undefined` where more may be different. To be sure, the order of members has to be one of two.
 */
export function onlyServedValueDiffers(
  before: unknown,
  after: unknown,
  type: SettingType | undefined,
): ServedValue | undefined {
  if (typeof before !== 'string' || typeof after !== 'string') return undefined;
  const old = split(before);
  const own = split(after);
  if (!own || old?.head !== own.head || old.tail !== own.tail) return undefined;
  // The one that comes last counts, and only here nothing comes after.
  if (rulesOrOptions.test(old.value) || rulesOrOptions.test(own.value) || laterValue.test(own.tail)) return undefined;
  const { v, i } = JSON.parse(`{${own.value}}`) as { v: object; i?: string | null };
  // It might be elsewhere.
  return i == null ? undefined : toServedValue({ v, i }, type);
}

/** What decides who is served what. Within texts the quotes would be escaped, so that nothing else looks like it. */
const rulesOrOptions = /"[apr]":/;
const laterValue = /],"[aiv]":/;

interface SettingText {
  readonly head: string;
  readonly value: string;
  readonly tail: string;
}

/** Parts the value of a setting from its rules and options, which are before it, as ConfigCat writes it, or behind it. */
function split(text: string): SettingText | undefined {
  const isFirst = text.startsWith(',"v":', lengthOfType);
  const start = isFirst ? lengthOfType : text.indexOf('],"v":') + 1;
  // Without rules, -1 is in front of the last bracket as well.
  const end = isFirst ? text.indexOf(',"r":', start) : -1;
  return start === 0
    ? undefined
    : { head: text.slice(0, start), value: text.slice(start + 1, end), tail: text.slice(end) };
}

const lengthOfType = '{"t":0'.length;
