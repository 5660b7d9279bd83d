import { createClient, manualPoll } from '../../src';
import type { ConfigCatClient, User } from '../../src';
import * as functions from '../../src/functions';
import { sdkKey } from '../support/client';

const kate: User = { identifier: 'kate' };

/** A flag whose rule cannot be judged, and another one whose rule serves nothing. */
const broken = JSON.stringify({
  f: {
    text: {
      t: 1,
      v: { s: 'x' },
      r: [{ c: [{ u: { a: 'Identifier', c: 99, s: 'kate' } }], s: { v: { s: 'y' }, i: 'y' } }],
    },
    empty: { t: 1, v: { s: 'x' }, r: [{ c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }] }] },
  },
});

type Act = (client: ConfigCatClient) => unknown;

const acts: readonly (readonly [string, Act])[] = [
  ['getValue', (client) => client.getValue('text', '', kate)],
  ['getValueDetails', (client) => client.getValueDetails('text', '', kate)],
  ['getAllValues', (client) => client.getAllValues(kate)],
  ['getAllValueDetails', (client) => client.getAllValueDetails(kate)],
  ['getKeyAndValue', (client) => client.getKeyAndValue('none')],
  ['getJson', (client) => functions.getJson(client, 'text', undefined, null, kate)],
  ['flag$', (client) => client.flag$('text', '', kate).subscribe()],
  ['flagDetails$', (client) => client.flagDetails$('text', '', kate).subscribe()],
  ['flagState$', (client) => client.flagState$('text', '', kate).subscribe()],
  ['flags$', (client) => client.flags$({ text: '' }, kate).subscribe()],
  ['allFlags$', (client) => client.allFlags$(kate).subscribe()],
  ['json$', (client) => functions.json$(client, 'text', undefined, null, kate).subscribe()],
  ['watch', (client) => client.watch('text', '', kate).current()],
  ['Snapshot.details', (client) => functions.details(client.snapshot(), 'text', '', kate)],
  ['Snapshot.values', (client) => functions.values(client.snapshot(), kate)],
  ['Snapshot.keyAndValue', (client) => functions.keyAndValue(client.snapshot(), 'none')],
  ['Snapshot.json', (client) => functions.json(client.snapshot(), 'text', undefined, null, kate)],
  ['Snapshot.jsonDetails', (client) => functions.jsonDetails(client.snapshot(), 'text', undefined, null, kate)],
];

function stageBroken(logLevel: 'error' | 'info' = 'error') {
  const logged: { readonly message: string; readonly error: unknown }[] = [];
  const client = createClient(sdkKey, {
    polling: manualPoll(),
    offline: true,
    cache: { get: () => `1\n\n${broken}`, set: () => undefined },
    logLevel,
    logger: { log: (_level, _eventId, message, error) => logged.push({ message, error }) },
  });
  return { client, logged };
}

describe('what is logged of a flag that cannot be evaluated', () => {
  it.each(acts)('names the method that was to give it: %s', async (method, act) => {
    const { client, logged } = stageBroken();
    await act(client);
    const isOfOne = !/all|values|keyAndValue/i.test(method);
    const where = isOfOne ? " while evaluating setting 'text'" : '';
    expect(logged.map(({ message }) => message)).toEqual([
      expect.stringContaining(`Error occurred in the \`${method}\` method${where}.`),
    ]);
    client.dispose();
  });

  it.each(acts.filter(([method]) => /^(getAll|allFlags|Snapshot.values)/.test(method)))(
    'is one entry with all errors for all flags: %s',
    async (_, act) => {
      const { client, logged } = stageBroken();
      await act(client);
      expect(logged[0]!.message).toMatch(/ Returning evaluation result\.$/);
      expect(logged[0]!.error).toMatchObject({
        name: 'AggregateError',
        message: 'Several errors.',
        errors: [
          { message: expect.stringMatching(/operator/i) as unknown },
          { message: expect.stringMatching(/THEN part/) as unknown },
        ],
      });
      client.dispose();
    },
  );

  it.each(acts.filter(([method]) => /keyAndValue/i.test(method)))('says that there is none: %s', async (_, act) => {
    const { client, logged } = stageBroken();
    expect(await act(client)).toBeNull();
    expect(logged[0]!.message).toMatch(/ Returning null\.$/);
    expect(logged[0]!.error).toMatchObject({ message: 'Targeting rule THEN part is missing or invalid.' });
    client.dispose();
  });
});

describe('what is logged at level info', () => {
  it('shows the default value that is returned', async () => {
    const { client, logged } = stageBroken('info');
    await client.getValue('text', 'mine', kate);
    const texts = logged.map(({ message }) => message).filter((message) => message.startsWith("Evaluating 'text'"));
    expect(texts).toEqual([expect.stringMatching(/Returning 'mine'\.$/)]);
    client.dispose();
  });

  it('is no evaluation where there is none', async () => {
    const { client, logged } = stageBroken('info');
    await client.getValue('none', 'mine', kate);
    expect(logged.map(({ message }) => message).filter((message) => message.startsWith('Evaluating'))).toEqual([]);
    const empty = createClient(sdkKey, {
      polling: manualPoll(),
      offline: true,
      logLevel: 'info',
      logger: { log: (_, id) => ids.push(id) },
    });
    const ids: number[] = [];
    await empty.getValue('none', 'mine', kate);
    expect(ids).toEqual([1000]);
    empty.dispose();
    client.dispose();
  });

  it('is about the user as he was given, and so is an explanation', async () => {
    const { client } = stageBroken();
    expect((await client.explain('text', kate)).user).toBe(kate);
    client.dispose();
  });
});
