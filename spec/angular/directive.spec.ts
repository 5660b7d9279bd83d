/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { modes, show } from '../support/angular';
import { ChangeDetectionStrategy, Component, ErrorHandler, signal } from '@angular/core';
import type { User } from '../../src';
import { CcFlag, provideConfigCat } from '../../src/angular';
import { createTestClient } from '../../src/testing';
import { configByUser, configOf, stage } from '../support/client';

const changeDetection = ChangeDetectionStrategy.OnPush;
const imports = [CcFlag];

describe.each(modes)('*ccFlag, %s', (_, mode) => {
  it('shows its template while the flag is on, and another one while it is off', async () => {
    const client = createTestClient({ on: false });
    @Component({
      imports,
      changeDetection,
      template: `<b *ccFlag="'on'; else off">new</b><ng-template #off>old</ng-template>`,
    })
    class Page {}
    const { text, settled } = show(Page, mode(), provideConfigCat(client));
    const seen = [text()];
    for (const on of [true, false, true]) {
      client.set({ on });
      await settled();
      seen.push(text());
    }
    expect(seen).toEqual(['old', 'new', 'old', 'new']);
    client.dispose();
  });

  it('shows neither before the first config is known', async () => {
    const { client, clock } = stage(configOf({ on: true }));
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
    const { text, settled } = show(Page, mode(), provideConfigCat(client));
    expect(text()).toBe('…');
    await clock.advance(0);
    await settled();
    expect(text()).toBe('new | new, too');
    client.dispose();
  });

  it('gives its templates the value, and keeps what it has shown', async () => {
    const client = createTestClient({ greeting: 'Hello', limit: 0 });
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
    const { text, settled } = show(Page, mode(), provideConfigCat(client));
    expect(text()).toBe('Hello | none: 0');
    const before = document.querySelector('b');
    client.set({ greeting: 'Howdy', limit: 5 });
    await settled();
    expect(text()).toBe('Howdy | 5');
    expect(document.querySelector('b')).toBe(before);
    client.set({ greeting: '' });
    await settled();
    expect(text()).toBe('5');
    client.dispose();
  });

  it('shows its template for one value', async () => {
    const client = createTestClient({ theme: 'light' });
    @Component({ imports, changeDetection, template: `<b *ccFlag="'theme'; is: wanted()">it is</b>` })
    class Page {
      readonly wanted = signal<string | undefined>('dark');
    }
    const { component, text, settled } = show(Page, mode(), provideConfigCat(client));
    expect(text()).toBe('');
    client.set({ theme: 'dark' });
    await settled();
    expect(text()).toBe('it is');
    component.wanted.set('light');
    await settled();
    expect(text()).toBe('');
    component.wanted.set(undefined);
    await settled();
    expect(text()).toBe('it is');
    client.dispose();
  });

  it('follows its inputs', async () => {
    const { client, clock } = stage(configByUser('kate', 'ben'));
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
    const { component, text, settled } = show(Page, mode(), provideConfigCat(client, { user: { identifier: 'ben' } }));
    expect(text()).toBe('BEN');
    component.user.set({ identifier: 'kate' });
    await settled();
    expect(text()).toBe('KATE');
    component.key.set('plant');
    await settled();
    expect(text()).toBe('nothing');
    client.dispose();
  });

  it('is off when the flag cannot be evaluated', async () => {
    const { client, clock } = stage(500);
    @Component({
      imports,
      changeDetection,
      template: `<b *ccFlag="'on'; else off">new</b><ng-template #off>old</ng-template>`,
    })
    class Page {}
    const { text, settled } = show(Page, mode(), provideConfigCat(client));
    expect(text()).toBe('');
    await clock.advance(5000);
    await settled();
    expect(text()).toBe('old');
    client.dispose();
  });
});

describe('CcFlag', () => {
  it('names a key that is wrong', () => {
    const client = createTestClient({ on: true });
    const handleError = jest.fn();
    @Component({ imports, template: `<b *ccFlag="''">new</b>` })
    class Page {}
    const page = () => show(Page, provideConfigCat(client), { provide: ErrorHandler, useValue: { handleError } });
    expect(page).toThrow('key');
    client.dispose();
  });
});
