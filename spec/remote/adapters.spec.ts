/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { show, modes } from '../support/angular';
import { ChangeDetectionStrategy, Component } from '@angular/core';
import type { User } from '../../src';
import { session } from '../../src';
import { injectFlag, provideConfigCat } from '../../src/angular/core';
import { flag$, flags$, heldSource } from '../../src/functions';
import type { RemoteFetch } from '../../src/remote';
import { createRemote } from '../../src/remote';
import { loadReact, majors } from '../support/react';
import { record } from '../support/record';
import { createVirtualClock } from '../support/virtual-time';

const kate: User = { identifier: 'kate' };

/** A remote core that polls a relay, which greets users by name. */
function setUp() {
  const clock = createVirtualClock();
  let greeting = 'Hello';
  const fetch: RemoteFetch = (_, { body = '{}' }) => {
    const { user } = JSON.parse(body) as { user?: User };
    const flags = [
      ['greeting', `${greeting} ${user?.identifier ?? 'you'}`, null, 1],
      ['released', greeting === 'released', null, 0],
    ];
    return Promise.resolve({
      status: 200,
      headers: { get: () => null },
      body: null,
      text: () => Promise.resolve(JSON.stringify({ order: [clock.scheduler.now()], flags })),
    });
  };
  const remote = createRemote({
    url: 'https://example.com',
    live: false,
    pollIntervalSeconds: 10,
    fetch,
    scheduler: clock.scheduler,
    logLevel: 'off',
  });
  return {
    remote,
    clock,
    greet: (next: string) => {
      greeting = next;
    },
  };
}

describe.each(majors)('hooks of React %d', (major) => {
  it('take a remote core', async () => {
    const { remote, clock, greet } = setUp();
    const { react, coreHooks, mount } = loadReact(major);
    const Greeting = () => react.createElement('p', {}, coreHooks.useFlag('greeting', 'none'));
    const shown = mount(
      react.createElement(coreHooks.ConfigCatProvider, { source: remote }, react.createElement(Greeting)),
    );
    expect(shown.text()).toBe('none');
    await react.act(() => clock.advance(0));
    expect(shown.text()).toBe('Hello you');
    remote.setUser(kate);
    expect(shown.text()).toBe('Hello you');
    await react.act(() => clock.advance(0));
    expect(shown.text()).toBe('Hello kate');
    greet('Howdy');
    await react.act(() => clock.advance(10_000));
    expect(shown.text()).toBe('Howdy kate');
    shown.unmount();
    remote.dispose();
  });
});

describe.each(modes)('signals of Angular %s', (_, mode) => {
  @Component({ template: '{{ greeting() }}', changeDetection: ChangeDetectionStrategy.OnPush })
  class Greeting {
    readonly greeting = injectFlag('greeting', 'none');
  }

  it('take a remote core', async () => {
    const { remote, clock, greet } = setUp();
    const { text, settled } = show(Greeting, mode(), provideConfigCat(remote));
    expect(text()).toBe('none');
    await clock.advance(0);
    await settled();
    expect(text()).toBe('Hello you');
    remote.setUser(kate);
    await clock.advance(0);
    await settled();
    expect(text()).toBe('Hello kate');
    greet('Howdy');
    await clock.advance(10_000);
    await settled();
    expect(text()).toBe('Howdy kate');
    remote.dispose();
  });
});

describe('a remote core', () => {
  it('is held by a session until that ends, and each user for himself', async () => {
    const { remote, clock, greet } = setUp();
    const visit = session({ storage: 'memory' });
    const source = heldSource(remote, visit);
    const flag = record(flag$(remote, 'greeting', 'none', undefined, { hold: visit }));
    const table = record(flags$(source, { greeting: 'none' }));
    await clock.advance(0);
    greet('Howdy');
    await clock.advance(10_000);
    expect([flag.values, table.values]).toEqual([['Hello you'], [{ greeting: 'Hello you' }]]);
    expect(source.snapshot().value('greeting', 'none')).toBe('Hello you');
    expect(remote.snapshot().value('greeting', 'none')).toBe('Howdy you');
    visit.end();
    expect([flag.values.at(-1), table.values.at(-1)]).toEqual(['Howdy you', { greeting: 'Howdy you' }]);
    remote.setUser(kate);
    await clock.advance(0);
    greet('Hi');
    await clock.advance(10_000);
    expect(flag.values.slice(1)).toEqual(['Howdy you', 'Howdy kate']);
    // Who has left and comes back is shown what is served.
    remote.setUser(undefined);
    await clock.advance(0);
    remote.setUser(kate);
    await clock.advance(0);
    expect(flag.values.slice(3)).toEqual(['Hi you', 'Hi kate']);
    remote.dispose();
    expect([flag.isComplete, table.isComplete]).toEqual([true, true]);
  });

  it('is released by a flag of its own', async () => {
    const { remote, clock, greet } = setUp();
    const visit = session({ storage: 'memory', release$: 'released' });
    const { values } = record(flag$(remote, 'greeting', 'none', undefined, { hold: visit }));
    await clock.advance(0);
    greet('Howdy');
    await clock.advance(10_000);
    greet('released');
    await clock.advance(10_000);
    expect(values).toEqual(['Hello you', 'released you']);
    remote.dispose();
  });
});
