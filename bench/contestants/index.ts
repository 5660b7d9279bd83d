import type { Contestant } from './contestant.js';

/** Who takes part, by id, in the order of all tables; a process loads only the one that it measures. */
const modules = {
  rx: async () => (await import('./configcat-rx.js')).configCatRx,
  rxAsync: async () => (await import('./configcat-rx.js')).configCatRxAsync,
  official: async () => (await import('./official.js')).official,
  officialAsync: async () => (await import('./official.js')).officialAsync,
  launchDarkly: async () => (await import('./launchdarkly.js')).launchDarkly,
  unleash: async () => (await import('./unleash.js')).unleash,
  growthBook: async () => (await import('./growthbook.js')).growthBook,
  flagsmith: async () => (await import('./flagsmith.js')).flagsmith,
  openFeature: async () => (await import('./openfeature.js')).openFeature,
} satisfies Record<string, () => Promise<Contestant>>;

export type ContestantId = keyof typeof modules;

export const contestantNames: Readonly<Record<ContestantId, string>> = {
  rx: 'configcat-rx',
  rxAsync: 'configcat-rx getValue',
  official: '@configcat/sdk',
  officialAsync: '@configcat/sdk async',
  launchDarkly: 'LaunchDarkly',
  unleash: 'Unleash',
  growthBook: 'GrowthBook',
  flagsmith: 'Flagsmith',
  openFeature: 'OpenFeature in-memory',
};

export const contestantIds = Object.keys(contestantNames) as ContestantId[];

export const loadContestant = (id: ContestantId): Promise<Contestant> => modules[id]();
