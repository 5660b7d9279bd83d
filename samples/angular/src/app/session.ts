import { Injectable, signal } from '@angular/core';
import type { User } from 'configcat-rx';

/** Somebody who can sign in, as flags know them. */
export interface Person extends User {
  readonly name: string;
}

export const people: readonly Person[] = [
  { name: 'Kate', identifier: 'kate', email: 'kate@example.com', country: 'DE', custom: { plan: 'pro' } },
  { name: 'Ben', identifier: 'ben', email: 'ben@mail.example', country: 'US', custom: { plan: 'free' } },
  { name: 'Linnea', identifier: 'linnea', email: 'linnea@mail.example', country: 'SE', custom: { plan: 'team' } },
];

/** Who is signed in. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly current = signal(people[0]!);
  readonly person = this.current.asReadonly();

  signIn(person: Person): void {
    this.current.set(person);
  }
}
