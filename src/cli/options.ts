import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { User, UserAttributeValue } from '../index.js';
import { wrongInput } from './failure.js';

/** Options that describe a user. */
export interface UserOptions {
  readonly user?: string;
  readonly id?: string;
  readonly email?: string;
  readonly country?: string;
  readonly attribute?: readonly Attribute[];
}

type Attribute = readonly [name: string, value: UserAttributeValue];

/** Adds the options that name the source of the config. */
export function takesSource(command: Command): Command {
  return command
    .option('-f, --file <path>', 'a config JSON, or {"flags": {"key": value}}')
    .option(
      '-u, --url <url>',
      'the address of a config JSON (….json), or with an SDK key the base URL of a server or proxy',
    )
    .option(
      '-k, --sdk-key <key>',
      'SDK key of an environment; CONFIGCAT_SDK_KEY says it without leaving it in the history',
    )
    .addOption(new Option('--data-governance <region>', "as set in ConfigCat's dashboard").choices(['global', 'eu']));
}

/** Adds the options that describe a user. */
export function takesUser(command: Command): Command {
  return command
    .option('-i, --id <identifier>', 'identifier of the user')
    .option('-e, --email <email>', 'email of the user')
    .option('-c, --country <country>', 'country of the user')
    .option(
      '-a, --attribute <name=value>',
      'custom attribute, a text; <name:=json> for a number or a list',
      addAttribute,
    )
    .option('--user <json>', 'the user as JSON: {"identifier": …, "custom": {…}}');
}

/** Adds the option `--json`. */
export function takesJson(command: Command): Command {
  return command.option('--json', 'print JSON, for programs');
}

/**
 * Builds the user that the options describe.
 *
 * @throws Failure when the JSON is no user.
 */
export function userOf({ user: json, id, email, country, attribute = [] }: UserOptions): User | undefined {
  if (json === undefined && (id ?? email ?? country) === undefined && attribute.length === 0) return undefined;
  const given = json === undefined ? {} : parseUser(json);
  const custom = [...Object.entries(given.custom ?? {}), ...attribute];
  return {
    ...given,
    identifier: id ?? given.identifier ?? '',
    ...(email !== undefined && { email }),
    ...(country !== undefined && { country }),
    ...(custom.length > 0 && { custom: Object.fromEntries(custom) }),
  };
}

function parseUser(json: string): Partial<User> {
  let user: unknown;
  try {
    user = JSON.parse(json);
  } catch (error) {
    throw wrongInput(`--user is no JSON: ${(error as Error).message}`);
  }
  if (typeof user !== 'object' || user === null || Array.isArray(user)) throw wrongInput('--user is no JSON object.');
  const problem = problemOf(Object.entries(user));
  if (problem !== undefined) throw wrongInput(`--user: ${problem}`);
  return user;
}

function problemOf(members: readonly (readonly [string, unknown])[]): string | undefined {
  for (const [name, value] of members) {
    if (name === 'custom') {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return "'custom' is no object.";
      const wrong = Object.entries(value).find(([, attribute]) => !isAttributeValue(attribute));
      if (wrong) return `the attribute '${wrong[0]}' is neither text nor a number nor a list of texts.`;
    } else if (!['identifier', 'email', 'country'].includes(name)) {
      return `a user has identifier, email, country and custom, no '${name}'.`;
    } else if (typeof value !== 'string') {
      return `'${name}' is no text.`;
    }
  }
  return undefined;
}

function isAttributeValue(value: unknown): value is UserAttributeValue {
  return (
    typeof value === 'string' ||
    typeof value === 'number' ||
    (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  );
}

function addAttribute(text: string, earlier: readonly Attribute[] = []): readonly Attribute[] {
  const [, name, isJson, value = ''] = /^(.+?)(:?)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Expected name=value.');
  if (!isJson) return [...earlier, [name, value]];
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    throw new InvalidArgumentError(`'${value}' is no JSON.`);
  }
  if (!isAttributeValue(parsed)) throw new InvalidArgumentError('Expected text, a number or a list of texts.');
  return [...earlier, [name, parsed]];
}

/** Reads the value of an option as a number of a range. */
export function numberBetween(min: number, max: number, isWhole = true): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!(value >= min && value <= max) || (isWhole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(`Expected a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}.`);
    }
    return value;
  };
}
