/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { render, takeOver } from '../support/angular-server';
import { Component, provideAppInitializer } from '@angular/core';
import type { Observable } from 'rxjs';
import { NEVER } from 'rxjs';
import type { ConfigCatClient, FetchFunction, User } from '../../src';
import { createClient } from '../../src';
import * as entry from '../../src/angular';
import type { ConfigCatOptions } from '../../src/angular/core';
import { CcFlag, injectFlag, injectFlagDetails, provideConfigCat, valuesOnly } from '../../src/angular/core';
import { createCoreFromValues } from '../../src/functions';
import type { RemoteCore } from '../../src/remote';
import { createRemote, renderedValues } from '../../src/remote';
import { configByUser, configOf, sdkKey } from '../support/client';
import { createFakeRelay } from '../support/fake-relay';
import { createVirtualClock, settlePromises } from '../support/virtual-time';

const seen: string[] = [];

@Component({
  selector: 'spec-page',
  imports: [CcFlag],
  template: `<p>{{ note(plan()) }} {{ details()?.variationId }} {{ ofBen() }}</p>
    <b *ccFlag="'beta'; else old">new</b><ng-template #old><i>old</i></ng-template>`,
})
class Page {
  readonly plan = injectFlag('plan', 'default');
  readonly details = injectFlagDetails('plan', 'default');
  readonly ofBen = injectFlag('beta', 'default', { user: { identifier: 'somebody else' } });
  note(value: string) {
    seen.push(value);
    return value;
  }
}

const kate: User = { identifier: 'kate', email: 'kate@secret.example' };
const flagsOf = (config: object) => (config as { f: object }).f;
const config = {
  f: {
    ...flagsOf(configByUser('ben', 'kate')),
    ...flagsOf(configOf({ beta: true, harmful: '</script><script>alert(1)</script><!--' })),
  },
};

describe('a page that a server renders by values only', () => {
  let client: ConfigCatClient;
  let requests: number;
  let problems: jest.SpyInstance[];

  beforeEach(() => {
    requests = 0;
    seen.length = 0;
    const fetch: FetchFunction = () => {
      requests++;
      return Promise.resolve({
        status: 200,
        statusText: '',
        headers: { get: () => null },
        text: () => Promise.resolve(JSON.stringify(config)),
      });
    };
    client = createClient(sdkKey, { fetch, logLevel: 'off' });
    problems = [jest.spyOn(console, 'error'), jest.spyOn(console, 'warn')];
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
  });

  afterEach(() => {
    client.dispose();
    for (const spy of problems) expect(spy.mock.calls).toEqual([]);
    jest.restoreAllMocks();
  });

  const inBrowser = (user?: User) =>
    provideConfigCat((_, state) => createCoreFromValues(state, { logLevel: 'off' }), { user });
  const page = () => document.querySelector('spec-page')!.textContent;

  it.each([
    ['the entry for clients', (options: ConfigCatOptions) => entry.provideConfigCat(client, options)],
    ['the entry for cores', (options: ConfigCatOptions) => provideConfigCat(client, options)],
  ])('begins in the browser as it was, without a request, and tells nothing else, by %s', async (_, provide) => {
    const html = await render(Page, provide({ user: kate, transfer: valuesOnly() }));
    expect(html).toContain('<p>KATE id-kate');
    expect(html).not.toMatch(/ben|nobody|Identifier|secret|<script>alert/i);
    expect(html).not.toContain(sdkKey.slice(-6));
    expect(requests).toBe(1);
    seen.length = 0;
    for (const user of [undefined, { ...kate }]) {
      const taking = takeOver(Page, html, inBrowser(user));
      const element = document.querySelector('p');
      const application = await taking;
      await application.whenStable();
      expect(page()).toBe('KATE id-kate defaultnew');
      expect(document.querySelector('p')).toBe(element);
      application.destroy();
    }
    expect(new Set(seen)).toEqual(new Set(['KATE']));
    expect(requests).toBe(1);
  });

  it('goes on live in the browser with a remote core that begins where the server has ended', async () => {
    const html = await render(Page, provideConfigCat(client, { user: kate, transfer: valuesOnly() }));
    seen.length = 0;
    const clock = createVirtualClock();
    const { fetch, requests: asked } = createFakeRelay(clock);
    const options = {
      url: 'https://example.com',
      live: false,
      fetch,
      scheduler: clock.scheduler,
      user: kate,
      logLevel: 'off',
    } as const;
    const taking = takeOver(
      Page,
      html,
      provideConfigCat((_, state) => createRemote({ ...options, rendered: renderedValues(state) })),
    );
    const element = document.querySelector('p');
    const application = await taking;
    await application.whenStable();
    expect(page()).toBe('KATE id-kate defaultnew');
    expect(document.querySelector('p')).toBe(element);
    const flags = [
      ['plan', 'live', 'id-live', 1],
      ['beta', false, null, 0],
    ];
    asked[0]!.answer(200, JSON.stringify({ order: [Date.now()], flags }));
    await settlePromises();
    await application.whenStable();
    expect(page()).toBe('live id-live defaultold');
    expect(document.querySelector('p')).toBe(element);
    expect(seen.filter((plan, i) => plan !== seen[i - 1])).toEqual(['KATE', 'live']);
    application.destroy();
    expect(asked).toHaveLength(1);
  });

  it('shows what the relay has said, and no element twice, where that comes before the page is taken over', async () => {
    const html = await render(Page, provideConfigCat(client, { user: kate, transfer: valuesOnly() }));
    const clock = createVirtualClock();
    const { fetch, requests: asked } = createFakeRelay(clock);
    let remote!: RemoteCore;
    const origin = (_: unknown, state: string | null) =>
      (remote = createRemote({
        url: 'https://example.com',
        live: false,
        fetch,
        scheduler: clock.scheduler,
        logLevel: 'off',
        rendered: renderedValues(state),
      }));
    const taking = takeOver(
      Page,
      html,
      provideConfigCat(origin),
      provideAppInitializer(async () => {
        const flags = [
          ['plan', 'live', 'id-live', 1],
          ['beta', false, null, 0],
        ];
        asked[0]!.answer(200, JSON.stringify({ order: [Date.now()], flags }));
        await settlePromises();
        expect(remote.snapshot().value('beta', true)).toBe(false);
      }),
    );
    const application = await taking;
    await application.whenStable();
    expect(document.querySelectorAll('spec-page b, spec-page i')).toHaveLength(1);
    expect(page()).toBe('live id-live defaultold');
    application.destroy();
  });

  it('tells of the flags alone that are named', async () => {
    const transfer = valuesOnly({ flags: ['plan'] });
    const html = await render(Page, provideConfigCat(client, { user: kate, transfer }));
    expect(html).toContain('id-kate');
    expect(html).not.toMatch(/harmful|alert/);
  });

  it('tells nothing while it is not known who the user is, or where nothing is to be transferred', async () => {
    const user$: Observable<User> = NEVER;
    const options: readonly ConfigCatOptions[] = [
      { user: user$, transfer: valuesOnly() },
      { user: kate, transfer: valuesOnly(), transferState: false },
    ];
    for (const each of options) {
      expect(await render(Page, provideConfigCat(client, each))).not.toMatch(/"flags|fetchedAtMs/);
    }
  });

  it('shows default values in the browser where the server has sent nothing', async () => {
    const html = '<html><body><spec-page></spec-page></body></html>';
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const application = await takeOver(Page, html, inBrowser());
    await application.whenStable();
    expect(page()).toBe('default  defaultold');
    application.destroy();
    problems.length = 0;
  });
});
