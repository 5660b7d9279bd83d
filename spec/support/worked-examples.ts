import { of } from 'rxjs';
import { emptyEntry, fromCacheText } from '../../src/acquisition/entry';
import { identifyByHeaders, identifyByQuery } from '../../src/platform/identify';
import type { HttpRequest } from '../../src/acquisition/fetch';
import { configUrl, createFetcher } from '../../src/acquisition/fetch';
import { requireSdkKey } from '../../src/arguments';
import { queryUpdates } from '../../src/browser/query-overrides';
import { resolveOptions } from '../../src/client/options';
import { configV5 } from '../../src/formats/v5';
import { logTexts } from '../../src/client/log-texts';
import { attributeText, numberOperand } from '../../src/evaluation/operands';
import { compareVersions, parseVersion } from '../../src/evaluation/semver';
import { sha1Hex, sha256Hex, utf8 } from '../../src/hash';
import { maskSdkKey } from '../../src/mask-sdk-key';
import type { Config } from '../../src/model/config';
import { parseConfig } from '../../src/model/parse-config';
import { platform } from '../../src/platform/node';
import { addressOf } from '../../src/proxy-stream/address';
import { signedText } from '../../src/webhook/request';
import { createSigner, parseSignatures } from '../../src/webhook/signature';
import { booleanFlag, evaluateIn } from './evaluation';
import { createVirtualClock } from './virtual-time';
import { signatureOf } from './webhook';

/** What a worked example of docs/protocol.md comes to; an error comes to its text. */
export type Compute = (...given: never[]) => unknown;

const salt = 'pepper';
const settingKey = 'newCheckout';
const signingKey = 'configcat_whsk_c2FtcGxlLWtleS1vZi10aGlzLXBhZ2U=';
const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';

/** Options that serve their position, one for each share. */
const optionsOf = (shares: readonly number[]) => shares.map((p, i) => ({ p, v: { i: i + 1 } }));
const hundred = Array.from({ length: 100 }, () => 1);

/** The bucket of an attribute, which is where the options of one percent put it. */
function bucket(key: string, attribute: unknown): unknown {
  const setting = { t: 2, v: { i: 0 }, a: 'X', p: optionsOf(hundred) };
  // An identifier is never missing.
  const isIdentifier = attribute === null;
  const user = isIdentifier ? {} : { identifier: 'id', custom: { X: attribute } };
  const json = isIdentifier ? { ...setting, a: undefined } : setting;
  return (evaluateIn({ f: { [key]: json } }, key, user).outcome as number) - 1;
}

/** Verdict of a comparator in the setting of the page. */
function holds(comparator: number, value: unknown, attribute: unknown): unknown {
  const member = Array.isArray(value) ? 'l' : typeof value === 'number' ? 'd' : 's';
  const flag = booleanFlag([{ u: { a: 'X', c: comparator, [member]: value } }]);
  const document = { p: { s: salt }, f: { [settingKey]: flag } };
  const { outcome, warnings } = evaluateIn(document, settingKey, { identifier: 'id', custom: { X: attribute } });
  return warnings.some((kind) => kind !== 'attributeConverted') ? 'cannot be evaluated' : outcome;
}

/** The order of two versions as a sign. */
function order(a: string, b: string): string {
  const versions = [a, b].map(parseVersion);
  if (versions.includes(undefined)) return 'none';
  return ['<', '=', '>'][Math.sign(compareVersions(versions[0]!, versions[1]!)) + 1]!;
}

/** Settings of which each requires another. */
function requiring(key: string, settings: Readonly<Record<string, string>>): unknown {
  const flags = Object.entries(settings).map(([name, other]) => [
    name,
    booleanFlag([{ p: { f: other, c: 0, v: { b: true } } }]),
  ]);
  return evaluateIn({ f: Object.fromEntries(flags) as object }, key, { identifier: 'id' }).outcome;
}

function comparedPrerequisite(type: number, value: object): unknown {
  const prerequisite = { t: type, v: { b: true, s: 'a', i: 1, d: 1 } };
  const dependent = booleanFlag([{ p: { f: 'other', c: 0, v: value } }]);
  return evaluateIn({ f: { dependent, other: prerequisite } }, 'dependent', { identifier: 'id' }).outcome;
}

const bases: Readonly<Record<string, string>> = {
  G: 'https://cdn-global.configcat.com',
  E: 'https://cdn-eu.configcat.com',
  own: 'https://flags.example',
};

/** The bases that a client asks one after the other, and what it logs. */
async function fetches(
  first: string,
  servers: Readonly<Record<string, readonly [string, number?] | number>>,
  times: number,
) {
  const clock = createVirtualClock();
  const asked: string[] = [];
  const events: number[] = [];
  const baseUrl = bases[first]!;
  const fetch = createFetcher<Config>({
    ...resolveOptions(sdkKey, first === 'own' ? { baseUrl } : {}, { formats: [configV5], texts: logTexts }),
    toRequest: (url, etag) => ({ ...identifyByHeaders(url, 'any', etag), maxBytes: 1000 }),
    transport: ({ url }) => {
      const [name = ''] = Object.entries(bases).find(([, base]) => url.startsWith(base)) ?? [];
      asked.push(name);
      const says = servers[name];
      const status = typeof says === 'number' ? says : 200;
      const [target, mode] = typeof says === 'object' ? says : [];
      const body = JSON.stringify({ p: { u: target && bases[target], r: mode } });
      return of({ status, statusText: '', etag: undefined, retryAfter: undefined, body });
    },
    reader: { parse: (text) => parseConfig(text), preferencesOf: ({ preferences }) => preferences },
    scheduler: clock.scheduler,
  });
  for (let i = 0; i < times; i++) {
    fetch(emptyEntry).subscribe(({ log }) => events.push(...log.map(([event]) => event)));
    await clock.advance(60_000);
  }
  return [asked.join(' '), ...events].join(', ');
}

/** A request as clients of a kind send it. */
export function requestBy(identifyBy: 'headers' | 'query', userAgent: string, etag: string): HttpRequest {
  const identify = identifyBy === 'query' ? identifyByQuery : identifyByHeaders;
  let sent: HttpRequest | undefined;
  createFetcher<Config>({
    ...resolveOptions(sdkKey, {}, { formats: [configV5], texts: logTexts }),
    toRequest: (url, etag) => ({ ...identify(url, userAgent, etag), maxBytes: 1000 }),
    transport: (request) => {
      sent = request;
      return of({ status: 404, statusText: '', etag: undefined, retryAfter: undefined, body: '' });
    },
    reader: { parse: (text) => parseConfig(text), preferencesOf: ({ preferences }) => preferences },
    scheduler: createVirtualClock().scheduler,
  })({ ...emptyEntry, configText: '{}', etag }).subscribe();
  return sent!;
}

/** A signature that the webhook of this package accepts. */
async function signature(id: string, timestamp: number, body: string) {
  const made = signatureOf(signingKey, id, timestamp, body);
  const signed = signedText({ id, timestamp, signatures: [] }, new TextEncoder().encode(body));
  const isAccepted = await createSigner([signingKey]).verify(parseSignatures(made), signed);
  return isAccepted ? made : 'is refused';
}

function isAccepted(key: string, isCustomBaseUrl: boolean): boolean {
  try {
    requireSdkKey(key, isCustomBaseUrl);
    return true;
  } catch {
    return false;
  }
}

/** A setting of the previous format, with rules and options. */
const legacy = (more: object) => ({ v: 'rest', t: 1, ...more });
const legacyValue = (setting: object, user: object, key = settingKey) =>
  evaluateIn({ f: { [key]: setting } }, key, user).outcome;

/** By their words: all kinds of worked examples but those of the previous format. */
const computations: Readonly<Record<string, Compute>> = {
  'masked form of a key': maskSdkKey,
  'key is accepted without a base URL': (key: string) => isAccepted(key, false),
  'key is accepted beside a base URL': (key: string) => isAccepted(key, true),
  'URL of a config, from base URL and key': (baseUrl: string, key: string) =>
    configUrl(resolveOptions(key, { baseUrl }, { formats: [configV5], texts: logTexts }).home.baseUrl, key),
  'query of a page, from user agent and ETag': (userAgent: string, etag: string) =>
    new URL(requestBy('query', userAgent, etag).url).search,
  fetches,
  'first digits of the hash, from key and attribute': (key: string, text: string) => sha1Hex(key + text).slice(0, 7),
  'bucket, from key and attribute': bucket,
  'option that serves, from shares and identifier': (shares: readonly number[], identifier: string) =>
    evaluateIn({ f: { [settingKey]: { t: 2, v: { i: 0 }, p: optionsOf(shares) } } }, settingKey, { identifier })
      .outcome,
  'hash of a text, with salt and context': (text: string, ...more: string[]) =>
    sha256Hex(utf8(text), utf8(more.join(''))),
  'hash of half a character, with salt and context': (text: string, ...more: string[]) =>
    sha256Hex(utf8(text), utf8(more.join(''))),
  'hash of the first bytes of a text': (text: string, length: number, ...more: string[]) =>
    sha256Hex(utf8(text).subarray(0, length), utf8(more.join(''))),
  'comparator holds, from value and attribute': holds,
  'number of a text': (text: string) => String(numberOperand.parse?.(text) ?? 'none'),
  'order of two versions': order,
  'text of an attribute': attributeText,
  'text of a date, from its milliseconds': (ms: number) => attributeText(new Date(ms)),
  'error, where settings require each other': requiring,
  'error, from the type of a prerequisite and what it is compared with': comparedPrerequisite,
  'error of a document': (document: unknown) => parseConfig(JSON.stringify(document)),
  'name of an entry, from the SDK key': (key: string) => platform.sha1(`${key}_config_v6.json_v2`),
  'time, ETag and config of an entry': (text: string) => {
    const { fetchedAtMs, etag = null, configText = null } = fromCacheText(text);
    return [fetchedAtMs, etag, configText];
  },
  'overrides of a query': (query: string) => queryUpdates(query, 'cc-')[0],
  'signature, from id, timestamp and body': signature,
  'address of a stream': addressOf,
};

/** Those of the previous format that have the same words. */
const legacyComputations: Readonly<Record<string, Compute>> = {
  'comparator holds, from value and attribute': (t: number, c: string, x: unknown) =>
    legacyValue({ v: false, t: 0, r: [{ a: 'X', t, c, v: true }] }, { identifier: 'id', custom: { X: x } }),
  'bucket, from key and attribute': (key: string, identifier: string) =>
    legacyValue(legacy({ v: -1, t: 2, p: hundred.map((p, i) => ({ p, v: i })) }), { identifier }, key),
  'value, from the shares of two options and an identifier': (shares: readonly number[], identifier: string) =>
    legacyValue(legacy({ p: shares.map((p, i) => ({ p, v: ['first', 'second'][i] })) }), { identifier }),
};

/** Computes a worked example of section 16 by the code of the package. */
export async function compute(rows: string, what: string, given: string): Promise<unknown> {
  const computation = (rows === 'L' ? legacyComputations : computations)[what];
  if (!computation) throw new Error(`Nothing computes "${what}".`);
  try {
    return await computation(...(JSON.parse(given) as never[]));
  } catch (error) {
    return (error as Error).message;
  }
}
