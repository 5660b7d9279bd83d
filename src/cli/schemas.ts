import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StandardSchema } from '../index.js';
import { messageOf, wrongInput } from './failure.js';
import type { Terminal } from './terminal.js';

/** Schemas by the key of their flag. */
export type Schemas = ReadonlyMap<string, StandardSchema>;

/**
 * Loads the schemas that a module exports: by the members of its default export, or by the names of its exports.
 *
 * @param path - relative to the working directory.
 * @throws Failure when the module cannot be loaded, or exports anything else.
 */
export async function loadSchemas(path: string, terminal: Terminal): Promise<Schemas> {
  const module = await terminal.importModule(pathToFileURL(resolve(path)).href).catch((error: unknown) => {
    throw wrongInput(`--schema: '${path}' cannot be loaded: ${messageOf(error)}`);
  });
  const members = Object.entries(byKey(module, path));
  if (members.length === 0) throw wrongInput(`--schema: '${path}' exports no schema.`);
  return new Map(
    members.map(([key, schema]) => {
      if (isSchema(schema)) return [key, schema];
      throw wrongInput(`--schema: '${key}' of '${path}' is no Standard Schema, as of Zod, Valibot or ArkType.`);
    }),
  );
}

/** What stands under the keys of flags. CommonJS that was made of an ES module has a default export inside of its own. */
function byKey(module: object, path: string): object {
  let given = module;
  for (let depth = 0; depth < 2; depth++) {
    const inner: unknown = 'default' in given ? given.default : undefined;
    if (depth === 0 && isSchema(inner)) {
      throw wrongInput(`--schema: '${path}' exports one schema: it has to say which flag it is for, as { layout: … }.`);
    }
    if (typeof inner !== 'object' || inner === null || isSchema(inner)) return given;
    given = inner;
  }
  return given;
}

/** Schemas of ArkType are functions. */
function isSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard = (value as Partial<StandardSchema>)['~standard'] as Partial<StandardSchema['~standard']> | undefined;
  return typeof standard?.validate === 'function';
}
