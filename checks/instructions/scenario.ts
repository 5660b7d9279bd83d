/*
 * What is counted: `node scenario.mjs <part> <rounds>`, after rounds that nobody counts, in which the engine has compiled
 * what it will compile.
 */
import { createClientWithManualPoll } from 'configcat-rx';
import { configCatUser, configJson, sdkKey } from '../../bench/contestants/configcat-json.js';
import { userOf } from '../../bench/flags.js';
import { project, workloads } from '../../bench/workloads.js';

const warmUps = 400;

const parts = {
  /** Reads of flags with each kind of rule: of the same user, and of users never seen before. */
  async reads() {
    const reads = await Promise.all(
      workloads.map(async ({ flags, user, isDistinct }) => {
        const { snapshot } = await open(configJson(flags));
        const same = configCatUser(user(0));
        let n = 0;
        const next = isDistinct ? () => configCatUser(user(n++)) : () => same;
        const { key, otherwise } = flags.at(-1)!;
        return () => snapshot().value(key, otherwise, next());
      }),
    );
    return () => {
      for (const read of reads) for (let i = 0; i < 4; i++) read();
    };
  },

  /** New configs, of which each differs in one flag. */
  async configs() {
    const texts = [0, 1].map((i) => configJson([...project(60), { key: 'last', rules: [], otherwise: `of ${i}` }]));
    const { change, snapshot } = await open(texts[0]!);
    let n = 0;
    return async () => {
      await change(texts[++n % 2]!);
      snapshot().value('last', '');
    };
  },

  /** Subscribers of many flags and users, while configs change. */
  async subscribers() {
    const texts = [0, 1].map((i) => configJson([...project(20), { key: 'last', rules: [], otherwise: `of ${i}` }]));
    const { client, change } = await open(texts[0]!);
    for (let i = 0; i < 200; i++) {
      client.flag$(i % 10 === 0 ? 'last' : `flag${i % 20}`, '', configCatUser(userOf(i % 25))).subscribe();
    }
    let n = 0;
    return () => change(texts[++n % 2]!);
  },
};

async function open(text: string) {
  let served = text;
  let revision = 0;
  const fetch = () => {
    const headers = { get: (name: string) => (name.toLowerCase() === 'etag' ? `"${revision++}"` : null) };
    return Promise.resolve({ status: 200, statusText: 'OK', headers, text: () => Promise.resolve(served) });
  };
  const client = createClientWithManualPoll(sdkKey, { fetch, logLevel: 'off' });
  const change = async (next: string) => {
    served = next;
    const { isSuccess, errorMessage } = await client.forceRefresh();
    if (!isSuccess) throw new Error(errorMessage);
  };
  await change(text);
  return { client, change, snapshot: () => client.snapshot() };
}

const [part, rounds] = process.argv.slice(2);
const round = await parts[part as keyof typeof parts]();
for (let i = 0; i < warmUps + Number(rounds); i++) await round();
// Subscribers would keep the process.
process.exit();
