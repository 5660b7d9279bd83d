import type { Config, Setting, SettingValue } from '../index.js';
import { visibleJson, withoutBidi } from '../inspector/visible.js';

const typeNames = { boolean: 'boolean', string: 'string', int: 'number', double: 'number' } as const;
const kinds = { boolean: 'On or off', string: 'A text', int: 'A whole number', double: 'A number' } as const;
const shownValues = 6;

/** Writes the TypeScript interface of the flags of a config. */
export function typesOf(config: Config, name: string): string {
  const members = config.keys.flatMap((key) => {
    const setting = config.setting(key);
    return setting ? memberOf(setting) : [];
  });
  return [
    '// Written by `configcat-rx types`: run it again when flags come or go.',
    '',
    `/** The flags of this config, for \`createClient<${name}>()\`. */`,
    `export interface ${name} {`,
    ...members,
    '}',
    '',
  ].join('\n');
}

function memberOf(setting: Setting): string[] {
  const { key, type } = setting;
  const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : visibleJson(JSON.stringify(key));
  // A setting of an unknown type cannot be evaluated: callers get their default value, of any type.
  return [
    `  /** ${comment(describe(setting))} */`,
    `  readonly ${name}: ${type ? typeNames[type] : 'boolean | string | number'};`,
  ];
}

function describe({ type, servedValue, targetingRules, percentageOptions }: Setting): string {
  const values = new Set<SettingValue | undefined>([servedValue.value]);
  for (const rule of targetingRules) {
    if (rule.servedValue) values.add(rule.servedValue.value);
    for (const option of rule.percentageOptions ?? []) values.add(option.value);
  }
  for (const option of percentageOptions) values.add(option.value);
  const others = [...values].slice(1).map(formatValue);
  const hidden = others.length - shownValues;
  const list = others.slice(0, shownValues).join(', ') + (hidden > 0 ? ` and ${hidden} more` : '');
  const byTargeting = others.length > 0 ? `; by targeting ${list}` : '';
  return `${type ? kinds[type] : 'Of a type that does not exist'}. Serves ${formatValue(servedValue.value)}${byTargeting}.`;
}

function formatValue(value: SettingValue | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Formats foreign text for a comment, so that it cannot end the comment. */
function comment(text: string): string {
  return withoutBidi(text)
    .replace(/[\s\u0085\u2028\u2029]+/g, ' ')
    .replaceAll('*/', '*\u2044')
    .replace(/\p{Cc}/gu, '\ufffd');
}
