import { isObservable, mergeMap, of } from 'rxjs';
import type { Observable } from 'rxjs';
import type { OverrideSource, OverrideUpdate, SettingValue } from '../index.js';
import { OverrideProblem, flagOverrides } from '../index.js';

/** A query as text that begins with `?`, or as decoded parameters by name. */
export type Query = string | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Options of `queryOverrides()`. */
export interface QueryOverridesOptions {
  /** The query, or a stream of it that is followed. Default: that of the page, as it is now. */
  readonly query?: Query | Observable<Query>;
  /**
   * What the names of parameters begin with, case-sensitive; may be empty.
   *
   * @defaultValue `'cc-'`
   */
  readonly prefix?: string;
}

/**
 * Takes overrides from the query of a page: `?cc-darkMode=true&cc-limit=5&cc-title=Hi`. `true` and `false` are booleans,
 * decimal numbers are numbers, everything else is text; so is everything whose name ends in `;str`. The last of several
 * parameters of one name counts. A parameter whose percent-encoding is broken is logged (event 1302) and left out.
 *
 * @throws TypeError when the prefix is no text. Source: protocol section 10.
 *
 * @example
 * createClient(sdkKey, { overrides: { source: queryOverrides(), behaviour: 'local-over-remote' } });
 */
export function queryOverrides({ query = pageQuery(), prefix = 'cc-' }: QueryOverridesOptions = {}): OverrideSource {
  if (typeof prefix !== 'string') throw new TypeError('Invalid property `options.prefix`. Expected a text.');
  const query$ = isObservable(query) ? query : of(query);
  return flagOverrides(query$.pipe(mergeMap((current) => queryUpdates(current, prefix))), 'the query string');
}

/** Gives the overrides of a query, and problems of parameters that cannot be decoded. */
export function queryUpdates(query: Query, prefix: string): OverrideUpdate[] {
  const problems: OverrideProblem[] = [];
  const parameters = typeof query === 'string' ? decode(query, problems) : fromRecord(query);
  // Built of entries, because assigning to a flag named `__proto__` would set the prototype.
  const flags = Object.fromEntries(
    parameters
      .filter(([name]) => name.startsWith(prefix) && name.length > prefix.length)
      .map(([name, value]) => toFlag(name.slice(prefix.length), value)),
  );
  return [flags, ...problems];
}

type Parameter = readonly [name: string, value: string];

function pageQuery(): string {
  // Workers, Node and Deno without a location have no page.
  return (globalThis as { location?: { search?: string } }).location?.search ?? '';
}

function decode(query: string, problems: OverrideProblem[]): Parameter[] {
  if (!query.startsWith('?')) return [];
  return query
    .slice(1)
    .split('&')
    .flatMap((parameter) => {
      const [name = '', ...values] = parameter.split('=');
      try {
        return [[decodeText(name), decodeText(values.join('='))] as const];
      } catch (cause) {
        const message = `Failed to decode the parameter '${parameter}' of the query string.`;
        problems.push(new OverrideProblem(1302, message, { cause }));
        return [];
      }
    });
}

function decodeText(text: string): string {
  return decodeURIComponent(text.replace(/\+/g, ' '));
}

function fromRecord(query: Exclude<Query, string>): Parameter[] {
  return Object.entries(query).flatMap(([name, value]) => {
    const last = typeof value === 'object' ? value[value.length - 1] : value;
    return last === undefined ? [] : [[name, last] as const];
  });
}

function toFlag(name: string, value: string): readonly [key: string, value: SettingValue] {
  const marker = ';str';
  const isText = name.endsWith(marker) && name.length > marker.length;
  return isText ? [name.slice(0, -marker.length), value] : [name, toValue(value)];
}

function toValue(text: string): SettingValue {
  if (/^(true|false)$/i.test(text)) return text.length === 4;
  // Compat: a zero followed by anything but a digit, point or exponent begins no number. Source: protocol section 6.3.
  const number = text.trim() === '' || /^\s*0[^\d.eE]/.test(text) ? NaN : Number(text);
  return Number.isNaN(number) ? text : number;
}
