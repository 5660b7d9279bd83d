/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { modes, show } from '../support/angular';
import type { Signal } from '@angular/core';
import {
  ChangeDetectionStrategy,
  Component,
  ErrorHandler,
  Injectable,
  NgZone,
  inject,
  input,
  signal,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { Observable } from 'rxjs';
import { BehaviorSubject, Subject } from 'rxjs';
import type { User } from '../../src';
import * as forClients from '../../src/angular';
import type { ConfigCatOptions, ProvidedSource } from '../../src/angular/core';
import {
  flagInjectors,
  injectAsk,
  injectFlag,
  injectFlag$,
  injectFlagDetails,
  injectFlagResource,
  injectJson,
} from '../../src/angular/core';
import { events$, status$ } from '../../src/functions';
import { setups, setupsInModes } from '../support/angular-sources';
import { configByUser, configOf } from '../support/client';

const kate: User = { identifier: 'kate' };
const ben: User = { identifier: 'ben' };

describe.each(setupsInModes)('an application %s', (_, mode, { provide, stage, withFlags }) => {
  @Component({ template: '{{ greeting() }}', changeDetection: ChangeDetectionStrategy.OnPush })
  class Greeting {
    readonly greeting = injectFlag('greeting', 'default');
  }

  it('shows the default value until a config is known, and then the flag', async () => {
    const { source, clock, serve, log } = stage(configOf({ greeting: 'Hello' }));
    const { text, settled } = show(Greeting, mode(), provide(source));
    expect(text()).toBe('default');
    await clock.advance(0);
    await settled();
    expect(text()).toBe('Hello');
    serve(configOf({ greeting: 'Howdy' }));
    await clock.advance(60_000);
    await settled();
    expect(text()).toBe('Howdy');
    expect(log).toEqual([]);
    source.dispose();
  });

  it('follows a user whose object is set again with other attributes', async () => {
    class Account {
      #name = 'kate';
      get identifier() {
        return this.#name;
      }
      rename(name: string) {
        this.#name = name;
      }
    }
    const account = new Account();
    const user$ = new BehaviorSubject<User | undefined>(account);
    @Component({ template: '{{ plan() }} {{ details()?.value }}', changeDetection: ChangeDetectionStrategy.OnPush })
    class Plan {
      readonly plan = injectFlag('plan', '-', { user: user$ });
      readonly details = injectFlagDetails('plan', '-', { user: user$ });
    }
    const { source, clock, serve } = stage(configByUser('kate', 'ben'));
    await clock.advance(0);
    const { text, settled } = show(Plan, mode(), provide(source));
    await settled();
    expect(text()).toBe('KATE KATE');
    account.rename('ben');
    serve(configByUser('kate', 'ben', 'eve'));
    await clock.advance(60_000);
    await settled();
    expect(text()).toBe('KATE KATE');
    user$.next(account);
    await settled();
    expect(text()).toBe('BEN BEN');
    source.dispose();
  });

  it('shows at once what is known', () => {
    const source = withFlags({ greeting: 'Hello' });
    const shown: string[] = [];
    @Component({ template: '{{ note() }}' })
    class Noting {
      readonly greeting = injectFlag('greeting', 'default');
      note() {
        shown.push(this.greeting());
      }
    }
    show(Noting, mode(), provide(source));
    expect(new Set(shown)).toEqual(new Set(['Hello']));
    source.dispose();
  });

  it('is not stable until the first config is known or given up', async () => {
    const { source, clock } = stage('silence');
    const { text, settled } = show(Greeting, mode(), provide(source));
    let isStable = false;
    const stable = settled().then(() => (isStable = true));
    await clock.advance(4999);
    expect(isStable).toBe(false);
    await clock.advance(1);
    await stable;
    expect(text()).toBe('default');
    source.dispose();
  });

  it('evaluates for another user as soon as there is one', async () => {
    const { source, clock } = stage(configByUser('kate', 'ben'));
    await clock.advance(0);
    const user = signal<User | undefined>(undefined);
    @Component({ template: '{{ plan() }}' })
    class Plan {
      readonly plan = injectFlag('plan', 'default');
    }
    const { component, text, settled } = show(Plan, mode(), provide(source, { user }));
    expect(text()).toBe('nobody');
    user.set(kate);
    expect(component.plan()).toBe('KATE');
    await settled();
    expect(text()).toBe('KATE');
    user.set(ben);
    await settled();
    expect(text()).toBe('BEN');
    source.dispose();
  });

  it('renders a component only when its flag has changed', async () => {
    const source = withFlags({ greeting: 'Hello', other: 1 });
    let renders = 0;
    @Component({
      template: '{{ greeting() }}{{ count() }}',
      changeDetection: ChangeDetectionStrategy.OnPush,
    })
    class Counting {
      readonly greeting = injectFlag('greeting', 'default');
      count() {
        renders++;
      }
    }
    const { settled } = show(Counting, mode(), provide(source));
    await settled();
    const before = renders;
    source.set({ other: 2 });
    await settled();
    expect(renders).toBe(before);
    source.set({ greeting: 'Howdy' });
    await settled();
    expect(renders).toBe(before + 1);
    source.dispose();
  });

  it('gets what streams emit inside its zone', async () => {
    const { source, clock } = stage(configOf({ greeting: 'Hello' }));
    @Component({ template: '' })
    class Following {
      readonly seen: (string | boolean)[] = [];
      constructor() {
        injectFlag$('greeting', 'default').subscribe((value) => this.seen.push(value, NgZone.isInAngularZone()));
        injectAsk()(status$).subscribe(() => this.seen.push(NgZone.isInAngularZone()));
      }
    }
    const hasZones = mode === modes[1][1];
    const { component } = show(Following, mode(), provide(source));
    component.seen.length = 0;
    await clock.advance(0);
    expect(component.seen).toContain('Hello');
    expect(component.seen).not.toContain('default');
    expect(new Set(component.seen.filter((seen) => seen !== 'Hello'))).toEqual(new Set([hasZones]));
    source.dispose();
  });
});

describe.each(setups)('injectFlag, with %s', (_, { provide, stage, withFlags }) => {
  const showPlan = (
    setUp: () => { readonly plan: () => string },
    source: ProvidedSource,
    options?: ConfigCatOptions,
  ) => {
    @Component({ template: '{{ asked.plan() }}' })
    class Plan {
      readonly id = input('kate');
      readonly asked = setUp();
    }
    return show(Plan, provide(source, options));
  };

  it.each<[string, () => NonNullable<Parameters<typeof injectFlag>[2]>['user']]>([
    ['an object', () => kate],
    ['a signal', () => signal(kate)],
    ['a stream', () => new BehaviorSubject(kate)],
    ['a function', () => () => kate],
  ])('takes %s as its user, who wins over the common one', async (_, userOf) => {
    const { source, clock } = stage(configByUser('kate', 'ben'));
    await clock.advance(0);
    const { text } = showPlan(() => ({ plan: injectFlag('plan', 'default', { user: userOf() }) }), source, {
      user: ben,
    });
    expect(text()).toBe('KATE');
    source.dispose();
  });

  it.each<[string, (users: Users) => User | Signal<User> | Observable<User | undefined>]>([
    ['a signal', (users) => users.now],
    ['a stream', (users) => users.now$],
    ['the user of the moment', (users) => users.now()],
  ])('takes a function of the provider that gives %s', async (_, give) => {
    const { source, clock } = stage(configByUser('kate', 'ben'));
    await clock.advance(0);
    const { text, settled } = showPlan(() => ({ plan: injectFlag('plan', 'default') }), source, {
      user: () => give(inject(Users)),
    });
    expect(text()).toBe('KATE');
    const users = TestBed.inject(Users);
    users.become(ben);
    await settled();
    expect(text()).toBe('BEN');
    source.dispose();
  });

  it('takes a function that reads inputs', async () => {
    const { source, clock } = stage(configByUser('kate', 'ben'));
    await clock.advance(0);
    @Component({ selector: 'spec-plan', template: '{{ plan() }}', inputs: ['id'] })
    class Plan {
      idNow = signal('nobody');
      set id(value: string) {
        this.idNow.set(value);
      }
      readonly plan = injectFlag('plan', 'default', { user: () => ({ identifier: this.idNow() }) });
    }
    @Component({ template: '<spec-plan [id]="id()" />', imports: [Plan] })
    class Page {
      readonly id = signal('kate');
    }
    const { component, text, settled } = show(Page, provide(source));
    expect(text()).toBe('KATE');
    component.id.set('ben');
    await settled();
    expect(text()).toBe('BEN');
    source.dispose();
  });

  it('evaluates for nobody until a stream of users has emitted, and is stable meanwhile', async () => {
    const { source, clock } = stage(configByUser('kate'));
    await clock.advance(0);
    const users = new Subject<User | undefined>();
    const { text, settled } = showPlan(() => ({ plan: injectFlag('plan', 'default') }), source, { user: users });
    await settled();
    expect(text()).toBe('default');
    users.next(undefined);
    await settled();
    expect(text()).toBe('nobody');
    users.next(kate);
    await settled();
    expect(text()).toBe('KATE');
    source.dispose();
  });

  it('keeps the user of a stream that fails, and tells the error handler', async () => {
    const { source, clock } = stage(configByUser('kate'));
    await clock.advance(0);
    const handleError = jest.fn();
    const users = new BehaviorSubject<User | undefined>(kate);
    @Component({ template: '{{ plan() }}' })
    class Plan {
      readonly plan = injectFlag('plan', 'default');
    }
    const providers = [provide(source, { user: users }), { provide: ErrorHandler, useValue: { handleError } }];
    const { text, settled } = show(Plan, ...providers);
    users.error(new Error('logged out'));
    await settled();
    expect(text()).toBe('KATE');
    expect(handleError.mock.calls).toEqual([[new Error('logged out')]]);
    source.dispose();
  });

  it('follows the default user of the client', async () => {
    const { source, clock } = stage(configByUser('kate'));
    await clock.advance(0);
    const { text, settled } = showPlan(() => ({ plan: injectFlag('plan', 'default') }), source);
    source.setDefaultUser(kate);
    await settled();
    expect(text()).toBe('KATE');
    source.dispose();
  });

  it('evaluates once for users who are equal', async () => {
    const { source, clock } = stage(configByUser('kate'));
    await clock.advance(0);
    const user = signal<User>(kate);
    const { settled } = showPlan(() => ({ plan: injectFlag('plan', 'default') }), source, { user });
    await settled();
    const evaluated: unknown[] = [];
    events$(source).subscribe((event) => event.type === 'flagEvaluated' && evaluated.push(event.details.user));
    user.set({ ...kate });
    await settled();
    expect(evaluated).toEqual([]);
    user.set(ben);
    await settled();
    // Once for whoever reads the signal at once, and once for its stream.
    expect(evaluated).toEqual([ben, ben]);
    source.dispose();
  });

  it('keeps nothing of a component that is gone', async () => {
    const { source, clock } = stage(configOf({ greeting: 'Hello' }));
    await clock.advance(0);
    const evaluated: string[] = [];
    const { component, remove, settled } = showPlan(() => ({ plan: injectFlag('greeting', 'default') }), source);
    await settled();
    events$(source).subscribe((event) => event.type === 'flagEvaluated' && evaluated.push(event.details.key));
    remove();
    source.setDefaultUser(kate);
    expect(evaluated).toEqual([]);
    expect(component.asked.plan()).toBe('Hello');
    source.dispose();
  });

  it('names what is wrong, at once', () => {
    const source = withFlags({ on: true });
    TestBed.configureTestingModule({ providers: [provide(source)] });
    const within = (act: () => unknown) => () => TestBed.runInInjectionContext(act);
    expect(within(() => injectFlag('', false))).toThrow('key');
    expect(within(() => injectFlag('on', {} as never))).toThrow('defaultValue');
    expect(within(() => injectFlag$('', false))).toThrow('key');
    expect(() => injectFlag('on', false)).toThrow('injectFlag()');
    expect(() => injectFlag$('on', false)).toThrow('injectFlag$()');
    source.dispose();
  });
});

describe('injectFlag', () => {
  it('says that nothing is provided', () => {
    TestBed.configureTestingModule({});
    expect(() => TestBed.runInInjectionContext(() => injectFlag('on', false))).toThrow('Add provideConfigCat()');
  });
});

describe.each(setups)('injectFlagDetails, with %s', (_, { provide, stage }) => {
  it('tells nothing until a config is known, and then why', async () => {
    const { source, clock, serve, log } = stage(configByUser('kate'));
    const changes: unknown[] = [];
    @Component({ template: '{{ note(plan()) }}', changeDetection: ChangeDetectionStrategy.OnPush })
    class Plan {
      readonly plan = injectFlagDetails('plan', 'default');
      note(details: unknown) {
        changes.push(details);
      }
    }
    const user = signal<User>(kate);
    const { settled } = show(Plan, provide(source, { user }));
    expect(new Set(changes)).toEqual(new Set([undefined]));
    changes.length = 0;
    await clock.advance(0);
    await settled();
    expect(changes.at(-1)).toMatchObject({ value: 'KATE', variationId: 'id-kate', isDefaultValue: false, user: kate });
    changes.length = 0;
    serve(configOf({ plan: 'KATE' }));
    await clock.advance(60_000);
    await settled();
    expect(changes.at(-1)).toMatchObject({ value: 'KATE', variationId: undefined });
    changes.length = 0;
    serve(configOf({ plan: 'KATE', other: 1 }));
    await clock.advance(60_000);
    await settled();
    expect(changes).toEqual([]);
    user.set(ben);
    await settled();
    expect(changes.at(-1)).toMatchObject({ value: 'KATE', user: ben });
    expect(log).toEqual([]);
    source.dispose();
  });

  it('says what is wrong with a flag', async () => {
    const { source, clock } = stage(500);
    TestBed.configureTestingModule({ providers: [provide(source)] });
    const details = TestBed.runInInjectionContext(() => injectFlagDetails('plan', 'default'));
    TestBed.tick();
    expect(details()).toBeUndefined();
    await clock.advance(5000);
    expect(details()).toMatchObject({ value: 'default', isDefaultValue: true, errorCode: 1000 });
    expect(() => injectFlagDetails('on', false)).toThrow('injectFlagDetails()');
    source.dispose();
  });
});

describe('flagInjectors', () => {
  it('gives the same functions', () => {
    const common = { injectAsk, injectFlag, injectFlag$, injectFlagDetails, injectFlagResource, injectJson };
    const { injectConfigCat } = forClients;
    expect(flagInjectors()).toEqual(common);
    expect(forClients.flagInjectors()).toEqual({ ...common, injectConfigCat });
  });
});

@Injectable({ providedIn: 'root' })
class Users {
  readonly now = signal(kate);
  private readonly subject = new BehaviorSubject<User | undefined>(kate);
  readonly now$ = this.subject.asObservable();
  become(user: User) {
    this.now.set(user);
    this.subject.next(user);
  }
}
