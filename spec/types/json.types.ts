/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { Observable } from 'rxjs';
import type { ConfigCatClient, EvaluationDetails, JsonOf, JsonResult, StandardSchema, User } from '../../src';
import { parseFlagJson } from '../../src';
import type { FlagCore } from '../../src/functions';
import { getJson, json, json$, jsonDetails } from '../../src/functions';
import type { Flags } from './is.js';
import { is } from './is.js';

interface Layout {
  readonly columns: number;
  readonly theme?: string;
}

declare const any: ConfigCatClient;
declare const client: ConfigCatClient<Flags>;
declare const core: FlagCore<Flags>;
declare const user: User;
declare const user$: Observable<User | undefined>;
declare const schema: StandardSchema<Layout>;

export function outputs(): void {
  is<Layout>()({} as JsonOf<typeof schema>);
  is<Observable<Layout>>()(any.json$('layout', schema, { columns: 2 }));
  is<Observable<Layout>>()(client.json$('theme', schema, { columns: 2 }, user$, { initial: 'default' }));
  is<Observable<Layout | null>>()(json$(core, 'theme', schema, null, user));
  is<Promise<Layout | undefined>>()(client.getJson('theme', schema, undefined, user));
  is<Promise<Layout>>()(getJson(any, 'layout', schema, { columns: 2, theme: 'dark' }));
  is<Layout>()(any.snapshot().json('layout', schema, { columns: 2 }));
  is<Layout | null>()(json(core.snapshot(), 'theme', schema, null));
  is<EvaluationDetails<Layout | null>>()(jsonDetails(client.snapshot(), 'theme', schema, null));
  is<EvaluationDetails<Layout>>()(jsonDetails(core.snapshot(), 'theme', schema, { columns: 2 }, user));
  is<JsonResult<Layout>>()(parseFlagJson('{}', schema));
}

export function withoutSchemas(): void {
  is<Observable<unknown>>()(any.json$('layout'));
  is<Observable<unknown>>()(json$(core, 'theme', undefined, { columns: 2 }, user$));
  is<Promise<unknown>>()(client.getJson('theme'));
  is<unknown>()(client.snapshot().json('theme', undefined, null));
  is<JsonResult>()(parseFlagJson('{}'));
  // @ts-expect-error nobody knows what is in it
  is<Layout>()(client.snapshot().json('theme'));
}

export function mistakes(): void {
  // @ts-expect-error no such flag
  client.json$('tehme', schema, null);
  // @ts-expect-error a flag that is no text
  client.json$('dark', schema, null);
  // @ts-expect-error a flag that is no text
  json$(core, 'limit', schema, null);
  // @ts-expect-error a flag that is no text
  void client.getJson('limit', schema, null);
  // @ts-expect-error a flag that is no text
  client.snapshot().json('dark', schema, null);
  // @ts-expect-error a default value that the schema would not give
  any.json$('layout', schema, { columns: 'two' });
  // @ts-expect-error a default value that lacks a member
  void any.getJson('layout', schema, {});
  // @ts-expect-error a default value that is a text
  any.snapshot().json('layout', schema, '{"columns": 2}');
  // @ts-expect-error with a schema there is no value without a default value
  any.json$('layout', schema);
  // @ts-expect-error an object that is no schema
  any.json$('layout', { parse: () => 5 }, null);
  // @ts-expect-error a default value in place of the schema
  void any.getJson('layout', { columns: 2 });
  // @ts-expect-error a user is no text
  void any.getJson('layout', schema, null, 'kate');
}
