import type { Observable } from 'rxjs';
import { Subject, filter, merge } from 'rxjs';
import type { Engine } from '../fleet/index.js';

/** Puts a line between a process and its engine, which can be cut: what is sent meanwhile arrives when it is joined. */
export function linkTo(engine: Engine) {
  const back$ = new Subject<true>();
  let held: (() => void)[] | undefined;
  const through = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      await new Promise<void>((resolve) => {
        if (held) held.push(resolve);
        else resolve();
      });
      return call(...args);
    };
  };
  const uncut = <T>(source$: Observable<T>) => source$.pipe(filter(() => held === undefined));
  return {
    engine: {
      read: through(() => engine.read()),
      write: through((...args: Parameters<Engine['write']>) => engine.write(...args)),
      announce: through((message: string) => engine.announce(message)),
      lease: through((...args: Parameters<Engine['lease']>) => engine.lease(...args)),
      renew: through((...args: Parameters<Engine['renew']>) => engine.renew(...args)),
      release: through((...args: Parameters<Engine['release']>) => engine.release(...args)),
      listen: () => uncut(engine.listen()),
      alive$: merge(uncut(engine.alive$), back$),
    } satisfies Engine,
    cut: () => {
      held ??= [];
    },
    join: () => {
      const waiting = held ?? [];
      held = undefined;
      for (const go of waiting) go();
      if (waiting.length > 0) back$.next(true);
    },
  };
}
