/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { show, modes } from '../support/angular';
import { ChangeDetectionStrategy, Component } from '@angular/core';
import type { User } from '../../src';
import { injectFlag, provideConfigCat } from '../../src/angular/core';
import type { RemoteFetch } from '../../src/remote';
import { createRemote } from '../../src/remote';
import { loadReact, majors } from '../support/react';
import { createVirtualClock } from '../support/virtual-time';

const kate: User = { identifier: 'kate' };

/** A remote core that polls a relay, which greets users by name. */
function setUp() {
  const clock = createVirtualClock();
  let greeting = 'Hello';
  const fetch: RemoteFetch = (_, { body = '{}' }) => {
    const { user } = JSON.parse(body) as { user?: User };
    const flags = [['greeting', `${greeting} ${user?.identifier ?? 'you'}`, null, 1]];
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
