import type { NgZone } from '@angular/core';
import { isObservable } from 'rxjs';
import type { FlagTypes } from '../functions.js';
import type { ConfigCatClient } from '../index.js';
import { callOutside, emitInside } from './zone.js';

/** A client for whoever is inside the zone: its methods work outside, and its streams emit inside. */
export function zoneClient<F extends FlagTypes<F>>(zone: NgZone, client: ConfigCatClient<F>): ConfigCatClient<F> {
  const members = new Map<PropertyKey, unknown>();
  return new Proxy(client, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' && !isObservable(member)) return member;
      // The same each time, or pipes of templates would subscribe anew.
      if (!members.has(name)) {
        const call = (...args: unknown[]) =>
          callOutside(zone, (): unknown => Reflect.apply(member as () => unknown, target, args));
        members.set(name, isObservable(member) ? emitInside(zone, member) : call);
      }
      return members.get(name);
    },
  });
}
