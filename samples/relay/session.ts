import { createHmac, timingSafeEqual } from 'node:crypto';
import type { User } from 'configcat-rx';

/** Somebody who can log in. What flags know of them never leaves the server. */
export interface Person {
  readonly name: string;
  readonly user: User;
}

const { SESSION_SECRET: secret = 'known to everybody who reads this sample' } = process.env;

const people: readonly Person[] = [
  { name: 'Kate', user: { identifier: 'kate', email: 'kate@example.com', country: 'DE', custom: { plan: 'pro' } } },
  { name: 'Ben', user: { identifier: 'ben', email: 'ben@mail.example', country: 'US', custom: { plan: 'free' } } },
  {
    name: 'Linnea',
    user: { identifier: 'linnea', email: 'linnea@mail.example', country: 'SE', custom: { plan: 'team' } },
  },
];

/** The person whose cookie it is; nobody without one that this server has signed. */
export function personOf(cookies = ''): Person | undefined {
  const [, name = '', signature = ''] = /(?:^|; )session=(\w+)\.([\w-]+)/.exec(cookies) ?? [];
  const [given, expected] = [Buffer.from(signature), Buffer.from(signatureOf(name))];
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
  return isOurs ? people.find((person) => person.name === name) : undefined;
}

/** A cookie that logs a person in, or out where there is nobody of this name. A real server asks for more than a name. */
export function cookieFor(name: string): string {
  const isKnown = people.some((person) => person.name === name);
  const attributes = 'Path=/; HttpOnly; SameSite=Lax';
  return isKnown ? `session=${name}.${signatureOf(name)}; ${attributes}` : `session=; ${attributes}; Max-Age=0`;
}

function signatureOf(name: string): string {
  return createHmac('sha256', secret).update(name).digest('base64url');
}
