import { setImmediate } from 'node:timers/promises';
import type { Type } from '@angular/core';
import type { ReactElement, ReactNode } from 'react';
import { firstValueFrom } from 'rxjs';
import type { ConfigCatClient, User } from '../../src';
import { createClientWithManualPoll, sharedClient } from '../../src';
import type { Engine } from '../../src/fleet';
import type { EngineUnderTest } from '../../src/testing';
import { createMemoryEngine } from '../../src/testing/memory-engine';
import { promising } from '../support/promising';

/** The SDK key in the code of the guides. */
export const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
/** The one that `configcat-rx serve` gives to a file. */
export const localSdkKey = 'configcat-sdk-1/local-config-server-01/local-config-server-01';

/** The flags that the code of the guides reads, beside those of `samples/config.json`. */
export const flags = {
  livePrices: true,
  theme: 'light',
  limit: 50,
  betaProgram: true,
  sale: false,
  layout: '{"columns": 3}',
};

/** What stands behind packages that are not installed here. */
export const modules: Readonly<Record<string, object>> = {
  'next/server': { connection: () => Promise.resolve() },
};

/** Their types, by the path of a declaration. */
export const declarations: Readonly<Record<string, string>> = {
  'node_modules/next/server.d.ts': 'export declare function connection(): Promise<void>;',
};

/** What stands behind names that a snippet declares only. */
export const fakes: Readonly<Record<string, unknown>> = {
  redis: { get: () => Promise.resolve(null), set: () => Promise.resolve('OK') },
};

const kate: User = { identifier: '42', email: 'kate@example.com' };

/** Waits until the page has a text. */
async function isShown(text: string): Promise<void> {
  while (!document.body.textContent.includes(text)) await setImmediate();
}

/** Runs another snippet of the page, and gives what it exports. */
type Load = (name: string) => Promise<never>;

/** By page and name of a snippet: what must have happened before it runs. */
export const before: Readonly<Record<string, (load: Load) => Promise<void> | void>> = {
  'docs/react.md browser.tsx': async (load) => {
    const { renderPage }: { renderPage: (user: User) => string } = await load('./server');
    document.body.innerHTML = renderPage(kate);
  },
  'docs/react.md values-browser.tsx': async (load) => {
    const { renderValues }: { renderValues: (user: User) => string } = await load('./values-server');
    document.body.innerHTML = renderValues(kate);
  },
  'docs/getting-started.md main.ts': () => {
    document.body.innerHTML = '<app-greeting></app-greeting>';
  },
  'docs/angular.md main.ts': () => {
    document.body.innerHTML = '<app-shop></app-shop>';
  },
  'docs/angular.md main.core.ts': () => {
    document.body.innerHTML = '<app-status></app-status>';
  },
};

/** By page and name of a snippet: what its exports are used for, as its reader would use them. */
export const uses: Readonly<Record<string, (exports: never) => Promise<void> | void>> = {
  'docs/sharing.md shared-client.ts': async ({
    createSharedClient,
  }: {
    createSharedClient: (sdkKey: string, engineOf: (key: string) => Engine) => ConfigCatClient;
  }) => {
    const engine = promising(createMemoryEngine(Date.now));
    const announced = firstValueFrom(engine.listen());
    const client = createSharedClient(sdkKey, () => engine);
    expect(await client.getValue('theme', 'none')).toBe('light');
    expect(await announced).toContain('theme');
    client.dispose();
  },
  'docs/testing.md try-engine.ts': async ({
    brokenPromises,
  }: {
    brokenPromises: (open: () => Promise<EngineUnderTest>) => Promise<readonly string[]>;
  }) => {
    const open = () => {
      const engine = createMemoryEngine(Date.now);
      return Promise.resolve({ ...engine, engine: promising(engine) });
    };
    expect(await brokenPromises(open)).toEqual([]);
  },
  'docs/recipes.md worker.ts': async ({
    default: worker,
  }: {
    default: { fetch: (request: Request) => Promise<Response> };
  }) => {
    const response = await worker.fetch(new Request('https://worker.example', { headers: { 'x-visitor': 'kate' } }));
    expect(await response.text()).toBe('old');
  },
  'docs/react.md server.tsx': ({ renderPage }: { renderPage: (user: User) => string }) => {
    expect(renderPage(kate)).toContain('takes <!-- -->50<!-- --> MB.');
  },
  'docs/react.md values-server.tsx': ({ renderValues }: { renderValues: (user: User) => string }) => {
    expect(renderValues(kate)).toMatch(/The (old|new) checkout.*"newCheckout"/);
    expect(renderValues(kate)).not.toContain('uploadLimitMb');
  },
  'docs/react.md layout.tsx': async ({
    default: Layout,
  }: {
    default: (props: { children: ReactNode }) => Promise<ReactElement>;
  }) => {
    const { renderToString } = await import('react-dom/server');
    const element = await Layout({ children: 'inside' });
    expect(renderToString(element)).toBe('inside');
    expect((element.props as { state: string }).state).toContain('uploadLimitMb');
  },
  'docs/react.md when-ready.tsx': async ({
    WhenReady,
  }: {
    WhenReady: (props: { fallback: ReactNode; children: ReactNode }) => ReactElement;
  }) => {
    const { createElement } = await import('react');
    const { renderToString } = await import('react-dom/server');
    const { ConfigCatProvider } = await import('../../src/react');
    const { createTestClient } = await import('../../src/testing');
    const textOf = (client: ConfigCatClient) => {
      const waiting = createElement(WhenReady, { fallback: 'waiting', children: 'ready' });
      const text = renderToString(createElement(ConfigCatProvider, { client }, waiting));
      client.dispose();
      return text;
    };
    expect(textOf(createTestClient({ isOn: true }))).toBe('ready');
    expect(textOf(createClientWithManualPoll(sdkKey))).toBe('waiting');
  },
  'docs/react.md flags.ts': ({ client }: { client: ConfigCatClient }) => {
    expect(sharedClient(sdkKey)).toBe(client);
    client.dispose();
  },
  'docs/getting-started.md main.ts': () => isShown('Hello'),
  'docs/getting-started.md main.tsx': () => isShown('Hello'),
  'docs/react.md main.tsx': () => isShown('Hello! The old checkout takes 50 MB.'),
  'docs/react.md browser.tsx': () => isShown('takes 50 MB.'),
  'docs/react.md values-browser.tsx': () => isShown('checkout'),
  'docs/angular.md main.ts': () => isShown('You may upload 50 MB.'),
  'docs/angular.md main.core.ts': () => isShown('The config is up-to-date.'),
  'docs/angular.md uploads.component.ts': async ({ Uploads }: { Uploads: Type<unknown> }) => {
    const { bootstrapApplication } = await import('@angular/platform-browser');
    const { provideConfigCat } = await import('../../src/angular');
    const { createTestClient } = await import('../../src/testing');
    document.body.innerHTML = '<app-uploads></app-uploads>';
    const client = createTestClient({ uploadLimitMb: 70, greeting: 'Howdy', darkMode: true });
    const application = await bootstrapApplication(Uploads, { providers: [provideConfigCat(client)] });
    await isShown('You may upload 70 MB.');
    expect(document.querySelector('p.dark')?.textContent).toContain('Howdy');
    application.destroy();
    client.dispose();
  },
  'docs/sharing.md flags.ts': async ({ client, shutDown }: { client: ConfigCatClient; shutDown: () => void }) => {
    expect(await client.waitForReady()).toBe('up-to-date');
    shutDown();
  },
  'docs/sharing.md flags-in-postgres.ts': async (flags: { client: ConfigCatClient; shutDown: () => Promise<void> }) => {
    expect(await flags.client.waitForReady()).toBe('up-to-date');
    await flags.shutDown();
  },
  'docs/angular.md main.server.ts': async ({
    render,
  }: {
    render: (url: string, document: string) => Promise<string>;
  }) => {
    const { destroyPlatform } = await import('@angular/core');
    destroyPlatform();
    // What bundlers put in for a server.
    Object.assign(globalThis, { ngServerMode: true });
    expect(await render('/', '<html><body><app-shop></app-shop></body></html>')).toContain('You may upload 50 MB.');
    Object.assign(globalThis, { ngServerMode: false });
    destroyPlatform();
  },
};
