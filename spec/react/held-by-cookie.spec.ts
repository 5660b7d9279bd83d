/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import * as fc from 'fast-check';
import type { ReactElement } from 'react';
import type { User } from '../../src';
import { session } from '../../src';
import type { CookieOptions, RequestCookies } from '../../src/functions';
import { createCoreFromValues, dehydrateValues, heldSource, pageCookies, requestCookies } from '../../src/functions';
import type { ProvidedSource } from '../../src/react/core';
import { configByUser, stage } from '../support/client';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';

const kate: User = { identifier: 'kate' };

/** A `Cookie` header as a browser sends it after these `Set-Cookie` headers. */
const headerOf = (lines: readonly string[]) => lines.map((line) => line.split(';')[0]).join('; ');
const forgetAll = () => {
  for (const pair of document.cookie.split('; ')) document.cookie = `${pair.split('=')[0]}=; Max-Age=0; Path=/`;
};

afterEach(forgetAll);

describe('cookies as a place for sessions', () => {
  it('keep any text, for the page and for servers alike', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ minLength: 1, maxLength: 20 }),
        (text, name) => {
          forgetAll();
          const cookies = requestCookies(undefined);
          cookies.setItem(name, text);
          expect(cookies.getItem(name)).toBe(text);
          const [line] = cookies.setCookies();
          // What cookies may have: RFC 6265 section 4.1.1.
          expect(line).toMatch(
            /^[!#$%&'*+.^`|~\w()-]+=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*; Path=\/; SameSite=Lax$/,
          );
          expect(requestCookies(`other=1; ${headerOf([line!])}; another=2`).getItem(name)).toBe(text);
          pageCookies().setItem(name, text);
          expect(pageCookies().getItem(name)).toBe(text);
          expect(requestCookies(document.cookie).getItem(name)).toBe(text);
        },
      ),
      { numRuns: 200, seed: 20261130 },
    );
  });

  it('are set with what the options say', () => {
    const cookies = requestCookies(null, { path: '/app', domain: 'example.com', secure: true, sameSite: 'Strict' });
    cookies.setItem('a', 'b');
    expect(cookies.setCookies()).toEqual(['a=b; Path=/app; Domain=example.com; SameSite=Strict; Secure']);
  });

  it('are set where they are other ones, and removed', () => {
    const cookies = requestCookies('kept=1; gone=2; changed=3');
    expect(['kept', 'gone', 'changed', 'none'].map((name) => cookies.getItem(name))).toEqual(['1', '2', '3', null]);
    cookies.setItem('kept', '1');
    cookies.removeItem('gone');
    cookies.setItem('changed', '4');
    cookies.setItem('back', '5');
    cookies.removeItem('back');
    expect(cookies.setCookies()).toEqual(['gone=; Max-Age=0; Path=/; SameSite=Lax', 'changed=4; Path=/; SameSite=Lax']);
    expect(cookies.getItem('gone')).toBeNull();
    const page = pageCookies();
    page.setItem('a', 'b');
    page.removeItem('a');
    expect(page.getItem('a')).toBeNull();
  });

  it.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['nothing but separators', ';;=;==; ;'],
    ['half of a percentage', 'name=%E0%A4%A'],
    ['members of objects', '__proto__=1; constructor=2; toString=3'],
    ['another cookie whose name begins alike', 'name2=1; nam=2; xname=3'],
    ['more than any browser sends', `name=${'a'.repeat(200_000)}`],
  ])('take %s as none', (_, header) => {
    expect(requestCookies(header).getItem('name')).toBeNull();
    expect(requestCookies(header).setCookies()).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('take the first of two, which browsers send for the longer path', () => {
    expect(requestCookies('name=first; name=second').getItem('name')).toBe('first');
  });

  it.each<[string, () => unknown]>([
    ['header', () => requestCookies(1 as unknown as string)],
    ['options', () => requestCookies('', 'x' as CookieOptions)],
    ['options.path', () => requestCookies('', { path: '/; HttpOnly' })],
    ['options.path', () => pageCookies({ path: '/\n' })],
    ['options.domain', () => requestCookies('', { domain: 'a;b' })],
    ['options.secure', () => requestCookies('', { secure: 'yes' as unknown as boolean })],
    ['options.sameSite', () => pageCookies({ sameSite: 'lax' as 'Lax' })],
  ])('refuse what is wrong, and name `%s`', (culprit, call) => {
    expect(call).toThrow(`\`${culprit}\``);
  });

  it('are no place for more than browsers take: the session says so once, and goes on in memory', async () => {
    const { client, clock, log } = stage(configByUser('kate'));
    await clock.advance(0);
    const cookies = requestCookies(undefined);
    expect(() => cookies.setItem('a', 'b'.repeat(4095))).toThrow('The cookie a would have 4097 bytes');
    const held = heldSource(client, session({ storage: cookies, name: 'n'.repeat(4096) }));
    expect(held.snapshot().value('plan', 'none', kate)).toBe('KATE');
    expect(held.snapshot().value('plan', 'none', { identifier: 'leo' })).toBe('nobody');
    expect(log.filter((entry) => entry.includes(' 1003 '))).toHaveLength(1);
    expect(cookies.setCookies()).toEqual([]);
    client.dispose();
  });
});

describe.each(majors)('held values that travel by cookie, with React %d', (major) => {
  let parts: ReactParts;
  let errors: jest.SpyInstance;

  beforeEach(() => {
    parts = loadReact(major);
    errors = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(() => {
    expect(errors.mock.calls).toEqual([]);
    errors.mockRestore();
  });

  const seen: string[] = [];
  const App = () => {
    const text = parts.coreHooks.useFlag('plan', 'default');
    seen.push(text);
    return parts.react.createElement('p', null, text);
  };
  const provide = (source: ProvidedSource, state?: string): ReactElement =>
    parts.react.createElement(
      parts.coreHooks.ConfigCatProvider,
      { source, user: kate, ...(state !== undefined && { state }) },
      parts.react.createElement(App),
    );

  it('are rendered by the server, stay in the page, and outlive a reload and a new config', async () => {
    const server = stage(configByUser('kate'));
    await server.clock.advance(0);
    /** What a server does with one request. */
    const respond = () => {
      const cookies: RequestCookies = requestCookies(document.cookie);
      const held = heldSource(server.client, session({ storage: cookies }));
      const state = dehydrateValues(held, { user: kate, flags: ['plan'] });
      const html = parts.server.renderToString(provide(createCoreFromValues(state, { logLevel: 'off' })));
      for (const line of cookies.setCookies()) document.cookie = line;
      return { html, state };
    };
    /** What a page does with it: the first render is that of the server, then the client takes over. */
    const open = async ({ html, state }: ReturnType<typeof respond>, config: object) => {
      const container = document.createElement('div');
      container.innerHTML = html;
      seen.length = 0;
      const rendered = parts.hydrate(provide(createCoreFromValues(state, { logLevel: 'off' })), container);
      const { client, clock, log } = stage(config);
      await clock.advance(0);
      const held = heldSource(client, session({ storage: pageCookies() }));
      const live = held.snapshot().value('plan', 'default', kate);
      const text = rendered.text();
      rendered.unmount();
      // That there are several clients here.
      expect(log.filter((entry) => !entry.startsWith('warn 3000'))).toEqual([]);
      client.dispose();
      return { seen: [...new Set(seen)], text, live };
    };
    const first = respond();
    expect(first.html).toContain('KATE');
    expect(await open(first, configByUser('kate'))).toEqual({ seen: ['KATE'], text: 'KATE', live: 'KATE' });
    // Nobody but the next visitor is shown another config.
    server.serve(configByUser('ben'));
    await server.clock.advance(60_000);
    expect(server.client.snapshot().value('plan', 'default', kate)).toBe('nobody');
    const second = respond();
    expect(second.html).toContain('KATE');
    expect(await open(second, configByUser('ben'))).toEqual({ seen: ['KATE'], text: 'KATE', live: 'KATE' });
    forgetAll();
    expect(respond().html).toContain('nobody');
    server.client.dispose();
  });
});
