import type { ConfigCatClient } from 'configcat-rx';
import { createTestClient, runMarbles } from 'configcat-rx/testing';
import type { Observable } from 'rxjs';
import { map } from 'rxjs';

// What is tested: anything that is given a client.
function bannerOf(client: ConfigCatClient): Observable<string> {
  return client.flag$('sale', false).pipe(map((isSale) => (isSale ? 'Sale!' : 'Welcome')));
}

describe('the banner', () => {
  it('follows the flag', () => {
    const client = createTestClient({ sale: false });
    const banners: string[] = [];
    bannerOf(client).subscribe((banner) => banners.push(banner));
    client.set({ sale: true }); // whoever is concerned has been told when it returns
    expect(banners).toEqual(['Welcome', 'Sale!']);
    client.dispose();
  });

  it('is for members only', () => {
    const isMember = { attribute: 'plan', comparator: 'isOneOf', value: ['pro', 'team'] } as const;
    const client = createTestClient({ sale: { value: false, rules: [{ when: [isMember], serve: true }] } });
    client.setUser({ identifier: 'kate', custom: { plan: 'pro' } });
    expect(client.snapshot().value('sale', false)).toBe(true);
    client.dispose();
  });

  it('stays when a fetch fails', async () => {
    const client = createTestClient({ sale: true }, { logLevel: 'off' });
    client.fail(404); // or 'no-answer', 'timeout', 'invalid-config', any other status
    const { errorCode } = await client.forceRefresh();
    expect(errorCode).toBe(1100);
    expect(client.snapshot().value('sale', false)).toBe(true);
    client.dispose();
  });

  it('changes when the flag changes, in virtual time', () => {
    runMarbles(({ playFlags, expectObservable }) => {
      const client = playFlags('            n-- 1s s', { n: { sale: false }, s: { sale: true } });
      expectObservable(bannerOf(client)).toBe('n-- 1s s', { n: 'Welcome', s: 'Sale!' });
    });
  });
});
