// A bundle as Metro makes it for React Native, run with what React Native has: timers, fetch and AbortController, and
// neither a page nor Node.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import timers from 'node:timers';
import { createContext, Script } from 'node:vm';
import { engines } from './installed.mjs';

const patienceMs = 20_000;

/** What React Native has of the web, beside timers and fetch. */
const offered = [
  'queueMicrotask',
  'performance',
  'AbortController',
  'AbortSignal',
  'URL',
  'URLSearchParams',
  'Headers',
];

export const reactNativeWays = ['ios', 'android'].map((platform) => ({
  name: `react native for ${platform}, by metro`,
  needs: [join(engines, 'metro'), join(engines, '@react-native/babel-preset')],
  isUsual: false,
  run: async (where) => {
    const { code, version } = await bundleByMetro(where.project, platform);
    const problems = code.includes('node:') ? ['The bundle names modules of Node'] : [];
    return { text: await runNative(code, where), figures: `metro ${version}, ${code.length} characters`, problems };
  },
}));

/** Bundles by the settings that `@react-native/metro-config` has. */
async function bundleByMetro(project, platform) {
  const require = createRequire(join(engines, 'index.js'));
  const Metro = require('metro');
  const preset = require.resolve('@react-native/babel-preset');
  writeFileSync(join(project, 'babel.config.cjs'), `module.exports = { presets: [${JSON.stringify(preset)}] };`);
  const config = Metro.mergeConfig(await Metro.loadConfig({ cwd: project, projectRoot: project, resetCache: true }), {
    projectRoot: project,
    watchFolders: [project, engines],
    cacheStores: [],
    maxWorkers: 1,
    reporter: { update: () => undefined },
    resolver: {
      platforms: ['android', 'ios'],
      resolverMainFields: ['react-native', 'browser', 'main'],
      unstable_conditionNames: ['react-native'],
      sourceExts: ['js', 'jsx', 'json', 'ts', 'tsx', 'mjs', 'cjs'],
      // For the helpers of Babel, which projects for React Native have.
      nodeModulesPaths: [engines],
      useWatchman: false,
    },
    transformer: { allowOptionalDependencies: true },
  });
  const out = join(project, `${platform}.bundle.js`);
  await Metro.runBuild(config, { entry: 'native.mjs', platform, dev: false, minify: false, out });
  return { code: readFileSync(out, 'utf8'), version: require('metro/package.json').version };
}

/** Runs a bundle and gives what it reports. */
async function runNative(code, { url, sdkKey }) {
  let timer;
  const said = [];
  const result = await new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`It has reported nothing. ${said.join('; ')}`));
    timer = timers.setTimeout(giveUp, patienceMs);
    const log = (...parts) => said.push(parts.join(' '));
    const global = {
      console: { log, info: log, warn: log, error: log, debug: log },
      ...Object.fromEntries(
        ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'].map((name) => [name, timers[name]]),
      ),
      ...Object.fromEntries(offered.map((name) => [name, globalThis[name]])),
      fetch: fetchAsReactNative,
      navigator: { product: 'ReactNative' },
      query: { url, sdkKey },
      report: (reported) => reported.then(resolve, reject),
    };
    // These three are one in React Native, and there is no document.
    Object.assign(global, { window: global, self: global, global });
    new Script(code, { filename: 'index.bundle' }).runInContext(createContext(global));
  });
  timers.clearTimeout(timer);
  return [result, ...said].join('; ');
}

/** Answers of React Native cannot be read as streams. */
async function fetchAsReactNative(input, init) {
  const response = await fetch(input, init);
  const { status, statusText, ok, headers } = response;
  return { status, statusText, ok, headers, url: response.url, text: () => response.text() };
}
