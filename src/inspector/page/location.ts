import type { Observable } from 'rxjs';
import { distinctUntilChanged, fromEvent, map, startWith } from 'rxjs';
import type { User, UserAttributeValue } from '../../index.js';

/** The types that a custom attribute can be given on the page. */
export const attributeTypes = ['text', 'number', 'date', 'list'] as const;
export type AttributeType = (typeof attributeTypes)[number];

/** A custom attribute as it is edited: whatever has been typed so far. */
export interface EditedAttribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly text: string;
}

/** A user as edited on the page. */
export interface EditedUser {
  readonly identifier: string;
  readonly email: string;
  readonly country: string;
  readonly custom: readonly EditedAttribute[];
}

/** The state of the page that its address holds: the chosen flag and the user. */
export interface PageLocation {
  readonly flag: string | undefined;
  readonly user: EditedUser;
}

const nobody: EditedUser = { identifier: '', email: '', country: '', custom: [] };

/** Emits the location of the page, at once and after each change. */
export function locationOf(window: Window): Observable<PageLocation> {
  return fromEvent(window, 'hashchange').pipe(
    startWith(undefined),
    map(() => window.location.hash),
    distinctUntilChanged(),
    map(readLocation),
  );
}

/** Formats a location as the fragment of an address (behind `#`), which browsers do not send. */
export function writeLocation({ flag, user }: PageLocation): string {
  const custom = user.custom.map(({ name, type, text }) => [name, type, text]);
  const edited = Object.entries({ ...user, custom }).filter(([, value]) => value.length > 0);
  const parts = new URLSearchParams();
  if (flag !== undefined) parts.set('flag', flag);
  if (edited.length > 0) parts.set('user', JSON.stringify(Object.fromEntries(edited)));
  return `#${parts.toString()}`;
}

/** Parses what `writeLocation()` wrote; anything else is left out. */
export function readLocation(hash: string): PageLocation {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  return { flag: parts.get('flag') ?? undefined, user: readUser(parts.get('user')) };
}

/** Gives the user for evaluations; `undefined` while no field is filled in. */
export function toUser({ identifier, email, country, custom }: EditedUser): User | undefined {
  if (!identifier && !email && !country && custom.length === 0) return undefined;
  const attributes = custom
    .filter(({ name }) => name !== '')
    .map((attribute): [string, UserAttributeValue] => [attribute.name, valueOf(attribute)]);
  return {
    identifier,
    ...(email && { email }),
    ...(country && { country }),
    ...(attributes.length > 0 && { custom: Object.fromEntries(attributes) }),
  };
}

function valueOf({ type, text }: EditedAttribute): UserAttributeValue {
  switch (type) {
    case 'text':
      return text;
    case 'number':
      // What is no number yet is passed on as it is: evaluation says what it thinks of it.
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
    case 'date':
      return new Date(text);
    case 'list':
      return text === '' ? [] : text.split(',').map((item) => item.trim());
  }
}

function readUser(json: string | null): EditedUser {
  let user: unknown;
  try {
    user = JSON.parse(json ?? '{}');
  } catch {
    return nobody;
  }
  if (typeof user !== 'object' || user === null) return nobody;
  const { identifier, email, country, custom } = user as Record<string, unknown>;
  return {
    identifier: asText(identifier),
    email: asText(email),
    country: asText(country),
    custom: Array.isArray(custom) ? custom.filter(Array.isArray).map(readAttribute) : [],
  };
}

function readAttribute([name, type, text]: readonly unknown[]): EditedAttribute {
  return { name: asText(name), type: attributeTypes.find((known) => known === type) ?? 'text', text: asText(text) };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
