import type { NgZone } from '@angular/core';
import { Observable, isObservable } from 'rxjs';
import type { ConfigCatClient, FlagTypes } from '../index.js';

/**
 * A client for whoever is inside the zone: what it does stays outside, or a refresh that a button asks for would bring
 * all later polls inside, and the page would never be stable again. What its streams emit comes in.
 */
export function zoneClient<F extends FlagTypes<F>>(zone: NgZone, client: ConfigCatClient<F>): ConfigCatClient<F> {
  const members = new Map<PropertyKey, unknown>();
  const enter = (result: unknown) => (isObservable(result) ? inside(zone, result) : result);
  return new Proxy(client, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' && !isObservable(member)) return member;
      // The same each time, or pipes of templates would subscribe anew.
      if (!members.has(name)) {
        const call = (...args: unknown[]) =>
          enter(zone.runOutsideAngular((): unknown => Reflect.apply(member as () => unknown, target, args)));
        members.set(name, isObservable(member) ? enter(member) : call);
      }
      return members.get(name);
    },
  });
}

function inside<T>(zone: NgZone, stream$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    // What is emitted at once comes while change detection may be under way, which must not begin another one.
    let early: (() => void)[] | undefined = [];
    const tell = (news: () => void) => {
      if (early) early.push(news);
      else zone.run(news);
    };
    subscriber.add(
      zone.runOutsideAngular(() =>
        stream$.subscribe({
          next: (value) => tell(() => subscriber.next(value)),
          complete: () => tell(() => subscriber.complete()),
        }),
      ),
    );
    for (const news of early) news();
    early = undefined;
  });
}
