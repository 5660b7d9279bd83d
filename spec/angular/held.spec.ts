/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { show } from '../support/angular';
import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import * as v from 'valibot';
import type { User } from '../../src';
import { session } from '../../src';
import { CcFlag, FlagPipe, injectFlag, injectFlagDetails, injectJson } from '../../src/angular/core';
import { setupsInModes } from '../support/angular-sources';
import { configByUser, configOf } from '../support/client';

const kate: User = { identifier: 'kate' };
const leo: User = { identifier: 'leo' };
const layoutSchema = v.object({ columns: v.number() });

describe.each(setupsInModes)('flags that are held, in an application %s,', (_, mode, { provide, stage }) => {
  /** A source that holds flags, and has its first config. */
  async function staged(first: object) {
    const { source, clock, serve } = stage(first, { hold: session({ storage: 'memory' }) });
    await clock.advance(0);
    const next = async (config: object) => {
      serve(config);
      await clock.advance(60_000);
    };
    return { source, next };
  }

  it('keep the first values that they have had, by signal and directive', async () => {
    @Component({
      template:
        '{{ text() }} {{ details()?.value }} {{ details()?.held?.currentValue }} {{ layout().columns }} ' +
        "<ng-container *ccFlag=\"'text'; default: ''; let value\">{{ value }}</ng-container>",
      imports: [CcFlag],
      changeDetection: ChangeDetectionStrategy.OnPush,
    })
    class All {
      readonly text = injectFlag('text', '');
      readonly details = injectFlagDetails('text', '');
      readonly layout = injectJson('layout', layoutSchema, { columns: 0 });
    }
    const { source, next } = await staged(configOf({ text: 'a', layout: '{"columns": 1}' }));
    const { text, settled } = show(All, mode(), provide(source));
    await settled();
    expect(text()).toBe('a a a 1 a');
    await next(configOf({ text: 'b', layout: '{"columns": 2}' }));
    await settled();
    expect(text()).toBe('a a b 1 a');
    source.dispose();
  });

  it('are left with the user whom another one replaces, and with nobody else', async () => {
    const user = signal<User | undefined>(kate);
    @Component({
      template: '{{ plan() }} {{ again() }} {{ other() }}',
      changeDetection: ChangeDetectionStrategy.OnPush,
    })
    class Plans {
      readonly plan = injectFlag('plan', '-', { user });
      readonly again = injectFlag('plan', '-', { user });
      readonly other = injectFlag('plan', '-', { user: leo });
    }
    const { source, next } = await staged(configByUser('kate', 'leo'));
    const { text, settled } = show(Plans, mode(), provide(source));
    await settled();
    expect(text()).toBe('KATE KATE LEO');
    await next(configByUser());
    user.set({ ...kate });
    await settled();
    expect(text()).toBe('KATE KATE LEO');
    user.set(undefined);
    await settled();
    user.set(kate);
    await settled();
    expect(text()).toBe('nobody nobody LEO');
    source.dispose();
  });

  it('are left with the user of the application', async () => {
    const user = signal<User>(kate);
    @Component({ template: '{{ plan() }}', changeDetection: ChangeDetectionStrategy.OnPush })
    class Plan {
      readonly plan = injectFlag('plan', '-');
    }
    const { source, next } = await staged(configByUser('kate', 'leo'));
    const { text, settled } = show(Plan, mode(), provide(source, { user }));
    await next(configByUser());
    await settled();
    expect(text()).toBe('KATE');
    user.set(leo);
    await settled();
    user.set(kate);
    await settled();
    expect(text()).toBe('nobody');
    source.dispose();
  });

  it('hold by themselves, in a session that one of them names', async () => {
    const visit = session({ storage: 'memory' });
    @Component({
      template:
        "{{ held() }} {{ live() }} {{ 'text' | flag: '' : undefined : visit }} " +
        "<ng-container *ccFlag=\"'text'; default: ''; hold: visit; let value\">{{ value }}</ng-container>",
      imports: [CcFlag, FlagPipe],
      changeDetection: ChangeDetectionStrategy.OnPush,
    })
    class Both {
      readonly visit = visit;
      readonly held = injectFlag('text', '', { hold: visit });
      readonly live = injectFlag('text', '');
    }
    const { source, clock, serve } = stage(configOf({ text: 'a' }), {});
    await clock.advance(0);
    const { text, settled } = show(Both, mode(), provide(source));
    await settled();
    expect(text()).toBe('a a a a');
    serve(configOf({ text: 'b' }));
    await clock.advance(60_000);
    await settled();
    expect(text()).toBe('a b a a');
    source.dispose();
  });
});
