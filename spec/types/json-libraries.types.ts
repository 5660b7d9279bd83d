/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run. The schemas are of the
 * libraries that most use, whose own declarations are not for each compiler that those of this package are for.
 */
import { type } from 'arktype';
import type { Observable } from 'rxjs';
import * as v from 'valibot';
import * as z from 'zod';
import * as mini from 'zod/mini';
import type { Signal } from '@angular/core';
import type { ConfigCatClient } from '../../src';
import * as angular from '../../src/angular';
import * as angularCore from '../../src/angular/core';
import * as react from '../../src/react';
import * as reactCore from '../../src/react/core';
import type { Flags } from './is.js';
import { is } from './is.js';

declare const any: ConfigCatClient;

const byZod = z.object({ columns: z.number(), since: z.coerce.date() });
const byMini = mini.object({ columns: mini.number() });
const byValibot = v.object({ columns: v.number(), kind: v.optional(v.picklist(['a', 'b']), 'a') });
const byArkType = type({ columns: 'number', 'theme?': "'light' | 'dark'" });

export function outputs(): void {
  is<Observable<{ columns: number; since: Date }>>()(any.json$('a', byZod, { columns: 2, since: new Date(0) }));
  is<Observable<{ columns: number } | null>>()(any.json$('a', byMini, null));
  is<Promise<{ columns: number; kind: 'a' | 'b' }>>()(any.getJson('a', byValibot, { columns: 2, kind: 'b' }));
  is<{ columns: number; theme?: 'light' | 'dark' } | undefined>()(any.snapshot().json('a', byArkType, undefined));
  is<number[]>()(any.snapshot().json('a', z.array(z.number()), []));
  // @ts-expect-error what the schema makes of a date is no text
  any.json$('a', byZod, { columns: 2, since: '1970-01-01' });
  // @ts-expect-error none of those that the schema knows
  void any.getJson('a', byValibot, { columns: 2, kind: 'c' });
  // @ts-expect-error none of those that the schema knows
  any.snapshot().json('a', byArkType, { columns: 2, theme: 'blue' });
  // @ts-expect-error a member is missing
  any.json$('a', byMini, {});
}

export function hooks(): void {
  is<{ columns: number }>()(react.useJson('a', byMini, { columns: 2 }));
  is<{ columns: number } | null>()(reactCore.useJson('a', byMini, null));
  is<unknown>()(react.useJson('a'));
  const { useJson } = react.flagHooks<Flags>();
  is<{ columns: number }>()(useJson('theme', byMini, { columns: 2 }));
  is<unknown>()(reactCore.flagHooks<Flags>().useJson('theme'));
  // @ts-expect-error a flag that is no text
  useJson('dark', byMini, null);
  // @ts-expect-error a default value that the schema would not give
  react.useJson('a', byMini, { columns: 'two' });
}

export function signals(): void {
  is<Signal<{ columns: number }>>()(angular.injectJson('a', byMini, { columns: 2 }));
  is<Signal<{ columns: number } | null>>()(angularCore.injectJson('a', byMini, null, { user: { identifier: 'kate' } }));
  is<Signal<unknown>>()(angular.injectJson('a'));
  const { injectJson } = angular.flagInjectors<Flags>();
  is<Signal<{ columns: number }>>()(injectJson('theme', byMini, { columns: 2 }));
  is<Signal<unknown>>()(angularCore.flagInjectors<Flags>().injectJson('theme'));
  // @ts-expect-error a flag that is no text
  injectJson('limit', byMini, null);
  // @ts-expect-error a default value that the schema would not give
  angular.injectJson('a', byMini, { columns: 'two' });
}
