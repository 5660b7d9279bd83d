/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { show } from '../support/angular';
import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import * as v from 'valibot';
import type { User } from '../../src';
import * as forClients from '../../src/angular';
import { flagInjectors, injectJson } from '../../src/angular/core';
import { setupsInModes } from '../support/angular-sources';
import { configOf } from '../support/client';

const layoutSchema = v.object({ columns: v.number() });
const kate: User = { identifier: 'kate' };

describe.each(setupsInModes)('injectJson, in an application %s,', (_, mode, { provide, stage, withFlags }) => {
  it('is the default value until a config is known, and then what the schema gives', async () => {
    const objects = new Set<unknown>();
    @Component({ template: '{{ shown() }}', changeDetection: ChangeDetectionStrategy.OnPush })
    class Layout {
      readonly layout = injectJson('layout', layoutSchema, { columns: 1 });
      readonly shown = computed(() => {
        objects.add(this.layout());
        return this.layout().columns;
      });
    }
    const { source, clock, serve, log } = stage(configOf({ layout: '{"columns": 2}' }));
    const { text, settled } = show(Layout, mode(), provide(source));
    expect(text()).toBe('1');
    await clock.advance(0);
    await settled();
    expect(text()).toBe('2');
    serve(configOf({ layout: '{"columns": 2}', other: 5 }));
    await clock.advance(60_000);
    await settled();
    expect([text(), objects.size, log]).toEqual(['2', 2, []]);
    serve(configOf({ layout: '{"columns": "two"}' }));
    await clock.advance(60_000);
    await settled();
    expect([text(), log.length]).toEqual(['1', 1]);
    source.dispose();
  });

  it('follows its user, at once', async () => {
    const user = signal<User | undefined>(kate);
    const rule = { c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { s: '["kate"]' } } };
    @Component({ template: '{{ names().join() }}', changeDetection: ChangeDetectionStrategy.OnPush })
    class Names {
      readonly names = injectJson('names', v.array(v.string()), [], { user });
    }
    const { source, clock } = stage({ f: { names: { t: 1, v: { s: '["nobody"]' }, r: [rule] } } });
    await clock.advance(0);
    const { component, text, settled } = show(Names, mode(), provide(source));
    expect(text()).toBe('kate');
    user.set(undefined);
    expect(component.names()).toEqual(['nobody']);
    await settled();
    expect(text()).toBe('nobody');
    source.dispose();
  });

  it('names what is wrong at once', () => {
    const source = withFlags({ layout: '[1]' });
    TestBed.configureTestingModule({ providers: [mode(), provide(source)] });
    TestBed.runInInjectionContext(() => {
      expect(() => injectJson('layout', {} as never, null)).toThrow('Invalid argument `schema`.');
      expect(() => injectJson('')).toThrow('Invalid argument `key`.');
      expect(flagInjectors().injectJson).toBe(injectJson);
      expect(forClients.flagInjectors().injectJson).toBe(injectJson);
      expect(forClients.injectJson('layout')()).toEqual([1]);
    });
    expect(() => injectJson('layout')).toThrow('injection context');
    source.dispose();
  });
});
