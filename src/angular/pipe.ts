import type { PipeTransform } from '@angular/core';
import { Pipe, signal, untracked } from '@angular/core';
import type { DefaultFor, HoldOption, SettingValue, User, Widen } from '../functions.js';
import type { FlagRequest } from './flag-reading.js';
import { injectReading, isSameRequest, valueAspect } from './flag-reading.js';
import { injectProvided } from './provided.js';

/**
 * The value of a flag in a template: at once by the config that is known, or else the default value, and then each value
 * that the user should see. Without a user it is for that of `provideConfigCat()`.
 *
 * @example
 * <h1>{{ 'greeting' | flag: 'Hello' }}</h1>
 * <p [class.dark]="'darkMode' | flag: false : visitor()">…</p>
 */
// The flag changes while what the pipe is given stays.
@Pipe({ name: 'flag', pure: false })
export class FlagPipe implements PipeTransform {
  private readonly request = signal<FlagRequest | undefined>(undefined, { equal: isSameRequest });
  private readonly common = injectProvided().user;
  private readonly reading = injectReading(() => {
    const request = this.request();
    const known = request?.user ? { user: request.user } : this.common();
    return request && known && { ...request, user: known.user };
  }, valueAspect);

  /**
   * The value of a flag now; what the template calls. Nothing it is given makes it throw.
   *
   * @param key - of the flag, case-sensitive.
   * @param defaultValue - the value while the flag cannot be evaluated; says of which type it is.
   * @param user - whom to evaluate for. Default: the user of `provideConfigCat()`.
   * @param hold - in what session the first real value is held. Default: as the client does.
   */
  transform<D extends DefaultFor<SettingValue>>(
    key: string,
    defaultValue: D,
    user?: User,
    hold?: HoldOption,
  ): Widen<D> {
    // Templates may set no signals, because others may have read them; this one nobody has.
    untracked(() => {
      this.request.set({ key, defaultValue, user, hold });
    });
    const known = this.reading();
    return (known ? known.value : defaultValue) as Widen<D>;
  }
}
