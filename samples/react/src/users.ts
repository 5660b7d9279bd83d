import type { User } from 'configcat-rx';

/** Somebody who visits the shop, as flags know them. */
export interface Visitor extends User {
  readonly name: string;
}

export const visitors: readonly Visitor[] = [
  { name: 'Kate', identifier: 'kate', email: 'kate@example.com', country: 'DE', custom: { plan: 'pro' } },
  { name: 'Ben', identifier: 'ben', email: 'ben@mail.example', country: 'US', custom: { plan: 'free' } },
  { name: 'Linnea', identifier: 'linnea', email: 'linnea@mail.example', country: 'SE', custom: { plan: 'team' } },
];

/** The visitor with this id, or the first one. */
export function findUser(id: string | null): Visitor {
  return visitors.find(({ identifier }) => identifier === id) ?? visitors[0]!;
}
