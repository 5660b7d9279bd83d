/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { show } from '../support/angular';
import { ChangeDetectionStrategy, Component, ErrorHandler, signal } from '@angular/core';
import type { User } from '../../src';
import { CcFlag } from '../../src/angular/core';
import { setups, setupsInModes } from '../support/angular-sources';
import { configByUser, configOf } from '../support/client';

const changeDetection = ChangeDetectionStrategy.OnPush;
const imports = [CcFlag];

describe.each(setupsInModes)('*ccFlag, %s', (_, mode, { provide, stage, withFlags }) => {
  it('shows its template while the flag is on, and another one while it is off', async () => {
    const source = withFlags({ on: false });
    @Component({
      imports,
      changeDetection,
      template: `<b *ccFlag="'on'; else off">new</b><ng-template #off>old</ng-template>`,
    })
    class Page {}
    const { text, settled } = show(Page, mode(), provide(source));
    const seen = [text()];
    for (const on of [true, false, true]) {
      source.set({ on });
      await settled();
      seen.push(text());
    }
    expect(seen).toEqual(['old', 'new', 'old', 'new']);
    source.dispose();
  });

  it('shows neither before the first config is known', async () => {
    const { source, clock } = stage(configOf({ on: true }));
    @Component({
      imports,
      changeDetection,
      template: `
        <b *ccFlag="'on'; else off; pending: soon">new | </b>
        <i *ccFlag="'on'; else off">new, too</i>
        <ng-template #off>old</ng-template>
        <ng-template #soon>…</ng-template>
      `,
    })
    class Page {}
    const { text, settled } = show(Page, mode(), provide(source));
    expect(text()).toBe('…');
    await clock.advance(0);
    await settled();
    expect(text()).toBe('new | new, too');
    source.dispose();
  });

  it('gives its templates the value, and keeps what it has shown', async () => {
    const source = withFlags({ greeting: 'Hello', limit: 0 });
    @Component({
      imports,
      changeDetection,
      template: `
        <b *ccFlag="'greeting'; default: 'default'; let text">{{ text }} | </b>
        <i *ccFlag="'limit' as limit; default: 50; else none">{{ limit }}</i>
        <ng-template #none let-value>none: {{ value }}</ng-template>
      `,
    })
    class Page {}
    const { text, settled } = show(Page, mode(), provide(source));
    expect(text()).toBe('Hello | none: 0');
    const before = document.querySelector('b');
    source.set({ greeting: 'Howdy', limit: 5 });
    await settled();
    expect(text()).toBe('Howdy | 5');
    expect(document.querySelector('b')).toBe(before);
    source.set({ greeting: '' });
    await settled();
    expect(text()).toBe('5');
    source.dispose();
  });

  it('shows its template for one value', async () => {
    const source = withFlags({ theme: 'light' });
    @Component({ imports, changeDetection, template: `<b *ccFlag="'theme'; is: wanted()">it is</b>` })
    class Page {
      readonly wanted = signal<string | undefined>('dark');
    }
    const { component, text, settled } = show(Page, mode(), provide(source));
    expect(text()).toBe('');
    source.set({ theme: 'dark' });
    await settled();
    expect(text()).toBe('it is');
    component.wanted.set('light');
    await settled();
    expect(text()).toBe('');
    component.wanted.set(undefined);
    await settled();
    expect(text()).toBe('it is');
    source.dispose();
  });

  it('follows its inputs', async () => {
    const { source, clock } = stage(configByUser('kate', 'ben'));
    await clock.advance(0);
    @Component({
      imports,
      changeDetection,
      template: `<b *ccFlag="key(); default: 'nothing'; user: user(); let plan">{{ plan }}</b>`,
    })
    class Page {
      readonly key = signal('plan');
      readonly user = signal<User | undefined>(undefined);
    }
    const { component, text, settled } = show(Page, mode(), provide(source, { user: { identifier: 'ben' } }));
    expect(text()).toBe('BEN');
    component.user.set({ identifier: 'kate' });
    await settled();
    expect(text()).toBe('KATE');
    component.key.set('plant');
    await settled();
    expect(text()).toBe('nothing');
    source.dispose();
  });

  it('is off when the flag cannot be evaluated', async () => {
    const { source, clock } = stage(500);
    @Component({
      imports,
      changeDetection,
      template: `<b *ccFlag="'on'; else off">new</b><ng-template #off>old</ng-template>`,
    })
    class Page {}
    const { text, settled } = show(Page, mode(), provide(source));
    expect(text()).toBe('');
    await clock.advance(5000);
    await settled();
    expect(text()).toBe('old');
    source.dispose();
  });
});

describe.each(setups)('CcFlag, with %s', (_, { provide, withFlags }) => {
  it('names a key that is wrong', () => {
    const source = withFlags({ on: true });
    const handleError = jest.fn();
    @Component({ imports, template: `<b *ccFlag="''">new</b>` })
    class Page {}
    const page = () => show(Page, provide(source), { provide: ErrorHandler, useValue: { handleError } });
    expect(page).toThrow('key');
    source.dispose();
  });
});
