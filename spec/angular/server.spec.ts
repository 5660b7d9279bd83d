/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { render, takeOver } from '../support/angular-server';
import { Component } from '@angular/core';
import type { ConfigCache, FetchFunction } from '../../src';
import { lazyLoad } from '../../src';
import type { Hydrate } from '../../src/angular/core';
import { CcFlag, FlagPipe, injectFlag, injectFlagResource } from '../../src/angular/core';
import { setups } from '../support/angular-sources';
import { configOf } from '../support/client';
import { settlePromises } from '../support/virtual-time';

const seen: string[] = [];

@Component({
  selector: 'spec-page',
  imports: [CcFlag],
  template: `<p>{{ note(greeting()) }}</p>
    <b *ccFlag="'beta'; else old">new</b><ng-template #old><i>old</i></ng-template>`,
})
class Page {
  readonly greeting = injectFlag('greeting', 'default');
  note(value: string) {
    seen.push(value);
    return value;
  }
}

@Component({
  selector: 'spec-page',
  imports: [FlagPipe],
  template: `<p>{{ note(greeting.status(), greeting.value()) }}</p>
    <b>{{ note('piped', 'greeting' | flag: 'default') }}</b>`,
})
class ResourcePage {
  readonly greeting = injectFlagResource('greeting', 'default');
  note(...values: readonly string[]) {
    seen.push(values.join(' '));
    return seen.at(-1);
  }
}

const harmful = '</script><script>alert(1)</script><!--';
const older = configOf({ greeting: 'Hello', beta: true, harmful });
const newer = configOf({ greeting: 'Howdy', beta: false });
const requests: string[] = [];

/** A server that answers all requests with a config or a status, in its own time. */
function answering(answer: object | number): FetchFunction {
  return async (url) => {
    requests.push(url);
    await settlePromises();
    return {
      status: typeof answer === 'number' ? answer : 200,
      statusText: '',
      headers: { get: () => null },
      text: () => Promise.resolve(JSON.stringify(answer)),
    };
  };
}

describe.each(setups)('a page that a server renders, with %s', (_, { provide, provideOwn, create, refresh }) => {
  let problems: jest.SpyInstance[];

  beforeEach(() => {
    requests.length = 0;
    seen.length = 0;
    problems = [jest.spyOn(console, 'error'), jest.spyOn(console, 'warn')];
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
  });

  afterEach(() => {
    for (const spy of problems) expect(spy.mock.calls).toEqual([]);
    jest.restoreAllMocks();
  });

  const shown = () => document.querySelector('spec-page')!.textContent;
  const renderWith = (config: object) => render(Page, provideOwn({ fetch: answering(config) }));

  it('waits for the config, and begins in the browser as it was, without a request', async () => {
    const html = await renderWith(older);
    expect(html).toContain('<p>Hello</p>');
    expect(html).toContain('<b>new</b>');
    expect(html).toContain('configcat-rx');
    expect(html).not.toContain('<script>alert');
    requests.length = 0;
    seen.length = 0;

    const page = takeOver(Page, html, provideOwn({ fetch: answering(newer) }));
    const elements = ['p', 'b'].map((name) => document.querySelector(name));
    const application = await page;
    await application.whenStable();
    expect(shown()).toBe('Hellonew');
    expect(new Set(seen)).toEqual(new Set(['Hello']));
    ['p', 'b'].forEach((name, i) => expect(document.querySelector(name)).toBe(elements[i]));
    expect(requests).toEqual([]);
    application.destroy();
  });

  it('is rendered with a source that all requests share', async () => {
    const source = create({ fetch: answering(older) });
    const pages = await Promise.all([1, 2].map(() => render(Page, provide(source))));
    for (const html of pages) expect(html).toContain('<p>Hello</p>');
    expect(requests).toHaveLength(1);
    expect((await refresh(source)).isSuccess).toBe(true);
    source.dispose();
  });

  it('waits for a config that is fetched when it is read', async () => {
    const html = await render(Page, provideOwn({ fetch: answering(older), polling: lazyLoad() }));
    expect(html).toContain('<p>Hello</p><b>new</b>');
  });

  it('waits for resources and pipes, which begin in the browser as they were', async () => {
    const html = await render(ResourcePage, provideOwn({ fetch: answering(older), polling: lazyLoad() }));
    expect(html).toContain('<p>resolved Hello</p><b>piped Hello</b>');
    requests.length = 0;
    seen.length = 0;
    const page = takeOver(ResourcePage, html, provideOwn({ fetch: answering(newer) }));
    const elements = ['p', 'b'].map((name) => document.querySelector(name));
    const application = await page;
    await application.whenStable();
    expect(new Set(seen)).toEqual(new Set(['resolved Hello', 'piped Hello']));
    ['p', 'b'].forEach((name, i) => expect(document.querySelector(name)).toBe(elements[i]));
    expect(requests).toEqual([]);
    expect((application.components[0]!.instance as ResourcePage).greeting.reload()).toBe(true);
    await application.whenStable();
    expect(shown()).toBe('resolved Howdypiped Howdy');
    expect(requests).toHaveLength(1);
    application.destroy();
  });

  it('tells the error of a resource on the server, and what the browser comes to know', async () => {
    const html = await render(ResourcePage, provideOwn({ offline: true, logLevel: 'off' }));
    expect(html).toContain('<p>error default</p><b>piped default</b>');
    const application = await takeOver(ResourcePage, html, provideOwn({ fetch: answering(older) }));
    await application.whenStable();
    expect(shown()).toBe('resolved Hellopiped Hello');
    application.destroy();
  });

  it('is what the server decides in the browser, too, when it has no config', async () => {
    const offline = { offline: true, logLevel: 'off' } as const;
    const html = await render(Page, provideOwn(offline));
    expect(html).toContain('<p>default</p><i>old</i>');
    const application = await takeOver(Page, html, provideOwn({ fetch: answering(older) }));
    await application.whenStable();
    expect(shown()).toBe('Hellonew');
    expect(requests).toHaveLength(1);
    application.destroy();
  });

  it('hands its config to a source that a function makes, and then leaves it to its cache', async () => {
    const html = await renderWith(older);
    requests.length = 0;
    const kept = new Map<string, string>();
    const cache: ConfigCache = { get: (key) => kept.get(key), set: (key, text) => void kept.set(key, text) };
    const make = (hydrate: Hydrate) => create({ fetch: answering(newer), cache: hydrate(cache) });
    const application = await takeOver(Page, html, provide(make));
    expect(shown()).toBe('Hellonew');
    application.destroy();
    expect(requests).toEqual([]);
  });

  it('keeps its config to itself if told so', async () => {
    const options = { transferState: false } as const;
    const html = await render(Page, provideOwn({ fetch: answering(older), ...options }));
    expect(html).toContain('<p>Hello</p>');
    expect(html).not.toContain('configcat-rx');
    requests.length = 0;
    const application = await takeOver(Page, html, provideOwn({ fetch: answering(newer), ...options }));
    await application.whenStable();
    expect(requests).toHaveLength(1);
    expect(shown()).toBe('Howdyold');
    application.destroy();
  });

  it('transfers two configs under two names', async () => {
    const under = (transferState: string, config: object) => provideOwn({ fetch: answering(config), transferState });
    const html = await render(Page, under('first', older));
    requests.length = 0;
    const application = await takeOver(Page, html, under('second', newer));
    await application.whenStable();
    expect(requests).toHaveLength(1);
    expect(shown()).toBe('Howdyold');
    application.destroy();
  });
});
