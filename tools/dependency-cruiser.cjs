/** The direction of dependencies: what each folder of src and checks may not know of. */
const forbid = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } });

/** The folders of the entries beside the root. */
const adapters = [
  'analytics',
  'angular',
  'browser',
  'key-value',
  'node',
  'openfeature',
  'opentelemetry',
  'postgres',
  'proxy-stream',
  'react',
  'redis',
  'relay',
  'server',
  'testing',
  'webhook',
  'workers',
];

/** The adapters through which processes share configs: what they have in common is in src/fleet. */
const engines = ['postgres', 'redis'];

/** What an adapter may import of another folder, beside entries. */
const shared = {
  ...Object.fromEntries(engines.map((name) => [name, 'fleet/|'])),
  testing: 'fleet/index\\.ts|',
  'key-value': 'platform/process\\.ts|',
  workers: 'key-value/cache-api\\.ts|',
};

/** What only the package's programs are made of: nobody imports them. */
const programs = ['cli', 'inspector'];

/** The files of src itself, which everybody may import: they know each other and nothing else. */
const ground = '(?!(index|functions|explain)\\.ts)[a-z-]+\\.ts';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    forbid('the-ground-knows-no-folder', `^src/${ground}`, '^src/(.+/|index\\.ts)'),
    forbid('model-is-the-bottom', '^src/model/', '^src/(?!model/)'),
    forbid('evaluation-is-pure', '^src/evaluation/', '^src/(?!evaluation/|model/|(display-text|errors|hash)\\.ts)'),
    forbid('formats-are-translated', '^src/formats/', '^src/(?!formats/|model/|evaluation/semver\\.ts|hash\\.ts)'),
    forbid(
      'acquisition-knows-no-rules',
      '^src/acquisition/',
      '^src/(?!acquisition/|logging/(event-text|events|redact)\\.ts|(arguments|errors|mask-sdk-key|time)\\.ts)',
    ),
    forbid(
      'overrides-lie-over-a-store',
      '^src/overrides/',
      `^src/(?!overrides/|model/|acquisition/(outcome|store|trampoline)\\.ts|logging/(event-text|events)\\.ts|${ground})`,
    ),
    forbid('logging-knows-nobody-who-logs', '^src/logging/', `^src/(?!logging/|${ground})`),
    forbid(
      'platform-is-an-edge',
      '^src/platform/',
      `^src/(?!platform/|acquisition/(fetch|request-bound|runtime-limits)\\.ts|${ground})`,
    ),
    forbid('lifetimes-know-no-flags', '^src/lifetime/', `^src/(?!lifetime/|core/source\\.ts|platform/|${ground})`),
    forbid(
      'cores-answer-no-questions',
      '^src/core/',
      `^src/(?!core/|lifetime/|(acquisition|evaluation|logging|model|overrides|platform)/|${ground})`,
    ),
    forbid(
      'questions-know-no-methods',
      '^src/flags/',
      `^src/(?!flags/|core/|lifetime/|(acquisition|evaluation|logging|model)/|${ground})`,
    ),
    forbid(
      'clients-join-the-parts',
      '^src/client/',
      `^src/(?!client/|(core|decided|lifetime|flags|acquisition|evaluation|formats|logging|model|overrides|platform)/|${ground})`,
    ),
    forbid(
      'decided-values-know-no-rules',
      '^src/decided/',
      `^src/(?!decided/|core/|model/|evaluation/(evaluate|ruleset)\\.ts|${ground})`,
    ),
    forbid(
      'remotes-know-no-rules',
      '^src/remote/',
      `^src/(?!remote/|client/disposal\\.ts|(core|decided|lifetime|flags|logging|model)/|acquisition/(outcome|store|trampoline)\\.ts|evaluation/(evaluate|ruleset)\\.ts|overrides/overlay\\.ts|${ground})`,
    ),
    forbid('nobody-inside-imports-remotes', '^src/(?!remote/)', '^src/remote/'),
    forbid(
      'operators-are-made-of-questions',
      '^src/operators/',
      '^src/(?!operators/|core/(events|source|types)\\.ts|flags/|model/|platform/|session\\.ts)',
    ),
    forbid('clients-know-no-operators', '^src/(?!operators/|(index|functions)\\.ts)', '^src/operators/'),
    forbid('only-tests-run-in-marbles', '^src/(?!testing/)', 'rxjs/.+/testing/'),
    ...adapters.map((name) =>
      forbid(
        `${name}-imports-entries-only`,
        `^src/${name}/`,
        `^src/(?!${shared[name] ?? ''}${name}/|(index|functions|arguments)\\.ts)`,
      ),
    ),
    {
      name: 'adapters-of-cores-need-no-client',
      severity: 'error',
      from: { path: '^src/[a-z-]+/core\\.ts' },
      to: { path: '^src/index\\.ts', reachable: true },
    },
    forbid('fleets-know-no-engine', '^src/fleet/', '^src/(?!fleet/|(index|arguments|hash)\\.ts)'),
    forbid('engines-make-fleets', `^src/(?!fleet/|(${engines.join('|')})/)`, '^src/fleet/(?!index\\.ts)'),
    forbid('only-tests-of-engines-know-fleets', `^src/(?!(fleet|testing|${engines.join('|')})/)`, '^src/fleet/'),
    forbid(
      'the-command-line-uses-entries',
      '^src/cli/',
      '^src/(?!cli/|inspector/[a-z]+\\.ts|(node/|relay/|server/)?index\\.ts|server/plain-values\\.ts|explain\\.ts)',
    ),
    forbid('the-inspector-imports-entries-only', '^src/inspector/', '^src/(?!inspector/|(index|explain)\\.ts)'),
    forbid('nobody-imports-programs', `^src/(?!${programs.join('|')})`, `^src/(${programs.join('|')})/`),
    forbid('push-runs-everywhere', '^src/(webhook|proxy-stream)/', '^(node:)?[a-z_]+$'),
    forbid(
      'nobody-inside-imports-the-root',
      `^src/(?!index|(${[...adapters, ...programs, 'fleet'].join('|')})/)`,
      '^src/index\\.ts',
    ),
    forbid('checks-use-entries', '^checks/', '^src/(?!index\\.ts|[a-z-]+/(index|web)\\.ts)'),
    forbid('checks-know-not-each-other', '^checks/([a-z-]+)/', '^checks/(?!$1/)'),
    forbid('the-package-is-made-of-src', '^src/', '^(bench|checks|samples|spec|tools)/'),
    forbid(
      'model-and-evaluation-import-no-package',
      '^src/(model|evaluation|formats)/',
      'node_modules|^(node:)?[a-z]+$',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
