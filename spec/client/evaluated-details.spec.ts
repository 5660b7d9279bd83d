import type { EvaluationDetails, PollingMode } from '../../src';
import { autoPoll, lazyLoad, manualPoll } from '../../src';
import { configByUser, configOf, stage } from '../support/client';

const kate = { identifier: 'kate' };

/** A client that knows flags, and the details of its events. */
async function listening(
  config: object = { f: { ...flagsOf(configOf({ a: 1, b: 'x' })), ...flagsOf(configByUser('kate')) } },
) {
  const polling: PollingMode = autoPoll();
  const staged = stage(config, { logLevel: 'off' }, polling);
  const told: EvaluationDetails[] = [];
  await staged.clock.advance(0);
  staged.client.events$.subscribe((event) => {
    if (event.type === 'flagEvaluated') told.push(event.details);
  });
  return { ...staged, told };
}

const flagsOf = (config: object) => (config as { f: object }).f;

describe('the details of a flagEvaluated event', () => {
  it.each(['a', 'plan', 'missing', 'b'])('are the object that getValueDetails() gives: %s', async (key) => {
    const { client, told } = await listening();
    const details = await client.getValueDetails(key, key === 'b' ? 42 : null, kate);
    expect(told).toHaveLength(1);
    expect(told[0]).toBe(details);
    client.dispose();
  });

  it('are the objects that getAllValueDetails() gives, each once', async () => {
    const { client, told } = await listening();
    const all = await client.getAllValueDetails(kate);
    expect(all.map(({ key }) => key)).toEqual(['a', 'b', 'plan']);
    expect(told).toHaveLength(3);
    all.forEach((details, i) => {
      expect(told[i]).toBe(details);
    });
    client.dispose();
  });

  it('are the object that a snapshot gives, also without a config', async () => {
    const { client, told } = await listening();
    const empty = stage('silence', { logLevel: 'off' }, lazyLoad());
    empty.client.events$.subscribe((event) => {
      if (event.type === 'flagEvaluated') told.push(event.details);
    });
    const given = [client.snapshot().details('plan', '', kate), empty.client.snapshot().details('plan', '', kate)];
    expect(told).toHaveLength(2);
    expect([told[0] === given[0], told[1] === given[1], given[1]?.errorCode]).toEqual([true, true, 1000]);
    client.dispose();
    empty.client.dispose();
  });

  it('are the objects that flagDetails$ emits, also after a change', async () => {
    const { client, told, serve } = await listening();
    const emitted: EvaluationDetails[] = [];
    client.flagDetails$('plan', '', kate).subscribe((details) => emitted.push(details));
    serve(configByUser());
    await client.forceRefresh();
    expect(emitted.map(({ value }) => value)).toEqual(['KATE', 'nobody']);
    expect(told).toHaveLength(2);
    expect(told.every((details, i) => details === emitted[i])).toBe(true);
    client.dispose();
  });

  it.each([
    ['flag$', 1],
    ['getValue', 1],
    ['getAllValues', 3],
  ] as const)('are told once for each evaluation that asks for no details: %s', async (method, count) => {
    const { client, told } = await listening();
    if (method === 'flag$') client.flag$('a', 0).subscribe();
    else if (method === 'getValue') await client.getValue('a', 0);
    else await client.getAllValues();
    expect(told).toHaveLength(count);
    client.dispose();
  });
});

it('flagDetails$ tells whoever comes later when the server last vouched for the config, which has not changed since', async () => {
  const { client, clock, serve } = stage(configOf({ a: 1 }), {}, manualPoll());
  await client.forceRefresh();
  const early = client.flagDetails$('a', 0).subscribe();
  const atFirst = client.snapshot().fetchedAt;
  const seen: (Date | undefined)[] = [];
  serve(304);
  await clock.advance(60_000);
  await client.forceRefresh();
  client.flagDetails$('a', 0).subscribe(({ fetchedAt }) => seen.push(fetchedAt));
  expect(seen).toEqual([client.snapshot().fetchedAt]);
  expect(seen).not.toEqual([atFirst]);
  early.unsubscribe();
  client.dispose();
});
