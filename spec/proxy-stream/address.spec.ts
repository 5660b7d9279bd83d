import { addressOf } from '../../src/proxy-stream/address';

describe('the address of a stream', () => {
  it.each([
    ['http://localhost:8050'],
    ['http://localhost:8050/'],
    ['http://localhost:8050///'],
    ['http://localhost:8050//?a=/#/'],
  ])('is below the base URL %s', (url) => {
    expect(addressOf({ url, sdkId: 'web' })).toBe('http://localhost:8050/sse/web/eval-all');
  });

  // Twenty seconds are not enough for a search that begins anew at each slash.
  it('costs no more than the URL is long', () => {
    const url = `http://localhost/${'/'.repeat(300_000)}x`;
    expect(addressOf({ url, sdkId: 'web' })).toBe(`${url}/sse/web/eval-all`);
  }, 20_000);
});
