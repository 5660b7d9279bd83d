/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { show } from '../support/angular';
import { ChangeDetectionStrategy, Component, ErrorHandler, signal } from '@angular/core';
import type { User } from '../../src';
import { FlagPipe } from '../../src/angular/core';
import { events$ } from '../../src/functions';
import { setups, setupsInModes } from '../support/angular-sources';
import { configByUser, configOf } from '../support/client';

const changeDetection = ChangeDetectionStrategy.OnPush;
const imports = [FlagPipe];

describe.each(setupsInModes)('the pipe of flags, in an application %s', (_, mode, { provide, stage, withFlags }) => {
  it('gives the default value until a config is known, and then the flag', async () => {
    @Component({ imports, template: `{{ 'greeting' | flag: 'default' }}`, changeDetection })
    class Greeting {}
    const { source, clock, serve, log } = stage(configOf({ greeting: 'Hello' }));
    const { text, settled } = show(Greeting, mode(), provide(source));
    expect(text()).toBe('default');
    let isStable = false;
    const stable = settled().then(() => (isStable = true));
    await Promise.resolve();
    expect(isStable).toBe(false);
    await clock.advance(0);
    await stable;
    expect(text()).toBe('Hello');
    serve(configOf({ greeting: 'Howdy' }));
    await clock.advance(60_000);
    await settled();
    expect(text()).toBe('Howdy');
    expect(log).toEqual([]);
    source.dispose();
  });

  it('follows its key, its default value and its user, who wins over the common one', async () => {
    const { source, clock } = stage(configByUser('kate', 'ben'));
    await clock.advance(0);
    @Component({ imports, template: '{{ key() | flag: fallback() : user() }}', changeDetection })
    class Plan {
      readonly key = signal('plan');
      readonly fallback = signal('default');
      readonly user = signal<User | undefined>(undefined);
    }
    const { text, settled, component } = show(Plan, mode(), provide(source, { user: { identifier: 'ben' } }));
    expect(text()).toBe('BEN');
    component.user.set({ identifier: 'kate' });
    await settled();
    expect(text()).toBe('KATE');
    component.user.set(undefined);
    await settled();
    expect(text()).toBe('BEN');
    component.key.set('plant');
    await settled();
    expect(text()).toBe('default');
    component.fallback.set('another');
    await settled();
    expect(text()).toBe('another');
    source.dispose();
  });

  it('stands in blocks, lists and bindings, each time for itself', async () => {
    const source = withFlags({ dark: false, a: 'A', b: 'B' });
    @Component({
      imports,
      changeDetection,
      template: `
        @if ('dark' | flag: false) {
          dark
        } @else {
          light
        }
        @for (key of keys(); track key) {
          <i [title]="key | flag: '-' : { identifier: 'kate' }">{{ key | flag: '-' }}</i>
        }
      `,
    })
    class Page {
      readonly keys = signal(['a', 'b']);
    }
    const { text, settled, component } = show(Page, mode(), provide(source));
    const titles = () => [...document.querySelectorAll('i')].map(({ title }) => title).join('');
    expect([text(), titles()]).toEqual(['light AB', 'AB']);
    source.set({ dark: true, b: 'C' });
    await settled();
    expect([text(), titles()]).toEqual(['dark AC', 'AC']);
    component.keys.set(['b', 'none', 'a']);
    await settled();
    expect([text(), titles()]).toEqual(['dark C-A', 'C-A']);
    source.dispose();
  });

  it('renders a component only when its flag has changed, also for users who are made anew each time', async () => {
    const source = withFlags({ greeting: 'Hello', other: 1 });
    let renders = 0;
    @Component({ imports, template: `{{ 'greeting' | flag: 'default' : user() }}{{ count() }}`, changeDetection })
    class Counting {
      user(): User {
        return { identifier: 'kate' };
      }
      count() {
        renders++;
      }
    }
    const { text, settled } = show(Counting, mode(), provide(source));
    await settled();
    const before = renders;
    source.set({ other: 2 });
    await settled();
    expect(renders).toBe(before);
    source.set({ greeting: 'Howdy' });
    await settled();
    expect([text(), renders]).toEqual(['Howdy', before + 1]);
    source.dispose();
  });
});

describe.each(setups)('FlagPipe, with %s', (_, { provide, withFlags }) => {
  it('names a key that is wrong', () => {
    const source = withFlags({ on: true });
    const handleError = jest.fn();
    @Component({ imports, template: `{{ '' | flag: false }}` })
    class Page {}
    const page = () => show(Page, provide(source), { provide: ErrorHandler, useValue: { handleError } });
    expect(page).toThrow('key');
    source.dispose();
  });

  it('asks nothing any more when it is gone', async () => {
    const source = withFlags({ greeting: 'Hello' });
    @Component({
      imports,
      template: `@if (isShown()) {
        {{ 'greeting' | flag: '' }}
      }`,
      changeDetection,
    })
    class Page {
      readonly isShown = signal(true);
    }
    const { text, settled, component } = show(Page, provide(source));
    await settled();
    expect(text()).toBe('Hello');
    component.isShown.set(false);
    await settled();
    const evaluated: unknown[] = [];
    events$(source).subscribe((event) => evaluated.push(event.type));
    source.set({ greeting: 'Howdy' });
    await settled();
    expect(evaluated).not.toContain('flagEvaluated');
    source.dispose();
  });
});
