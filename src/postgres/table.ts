import type { Query } from './connection.js';
import { quoted } from './connection.js';
import { Refusal, codeOf } from './failure.js';

/** The longest name that PostgreSQL takes, in bytes; it would cut off the rest. */
const maxNameBytes = 63;

/** A table, by the name under which statements find it. */
export interface Table {
  /** As statements write it: quoted, with its schema if one was given. */
  readonly sql: string;
  /** As its owner wrote it, for messages. */
  readonly name: string;
}

/**
 * Parses the name of a table: `flags`, or with its schema `config.flags`.
 *
 * @throws RangeError when PostgreSQL would not take it, or would cut it.
 */
export function tableOf(name: string): Table {
  const parts = name.split('.');
  if (parts.length > 2 || !parts.every(isName)) {
    throw new RangeError(
      `Invalid property \`options.table\`. Expected \`table\` or \`schema.table\`, each of 1 to ${maxNameBytes} bytes, ` +
        `got '${name}'.`,
    );
  }
  return { sql: parts.map(quoted).join('.'), name };
}

function isName(part: string): boolean {
  return part !== '' && Buffer.byteLength(part) <= maxNameBytes && !part.includes('\0');
}

/** The statement that creates a table. The guide shows it, for whoever creates it by hand. */
export function creationOf({ sql }: Table): string {
  return `CREATE TABLE ${sql} (
  key text NOT NULL,
  name text NOT NULL DEFAULT '',
  payload text,
  digest text,
  fence bigint,
  counter bigint,
  granted bigint,
  owner text,
  until timestamptz,
  PRIMARY KEY (key, name)
)`;
}

/** How often a statement is tried that only came into conflict with another one. */
const attempts = 3;

/**
 * Runs statements about a table, which is created when it is missing. Conflicts are resolved by trying again, as happens
 * where transactions are serializable by default. What a user has no right to is named.
 */
export function withTable(query: Query, table: Table): Query {
  return async (text, values) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await query(text, values);
      } catch (error) {
        const code = codeOf(error);
        if (code === '42501') throw await missingRights(query, table, error);
        const isConflict = code?.startsWith('40') === true;
        if (attempt === attempts || !(isConflict || code === '42P01')) throw error;
        if (!isConflict) await create(query, table);
      }
    }
  };
}

async function create(query: Query, table: Table): Promise<void> {
  try {
    await query(creationOf(table), []);
  } catch (error) {
    const code = codeOf(error);
    // Another process creates it at this moment: the table, or the type of its rows, is there already.
    if (code === '42P07' || code === '42710' || code === '23505') return;
    if (code === undefined || !/^(3F|42)/.test(code)) throw error;
    const reason = (error as Error).message;
    throw new Refusal(
      `The table ${table.name} does not exist, and this user cannot create it (${reason}); create it as the guide says.`,
      { cause: error },
    );
  }
}

/** Says which rights are missing, which PostgreSQL does not: it names the table at most. */
async function missingRights(query: Query, { sql, name }: Table, cause: unknown): Promise<Refusal> {
  const { message } = cause as Error;
  const rights = await query(
    `SELECT r AS "right" FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) r WHERE NOT has_table_privilege($1, r)`,
    [sql],
  ).catch(() => []);
  const missing = rights.map(({ right }) => right).join(', ');
  return new Refusal(missing ? `${message}: this user needs ${missing} on ${name}` : message, { cause });
}
