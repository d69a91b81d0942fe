// Imports point one way: schemas, log, durable, patterns, services, command line.
// Tests stand beside what they test and may reach for the layers they need to set it up.

const test = '\\.test\\.ts$'
const entry = '^(runtime|runtime/testing|schemas|patterns)/index\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      // Two files may name each other's types; only a cycle of values is a knot.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'schemas-stand-alone',
      comment: 'the errors of every layer stand in one file, which imports nothing',
      severity: 'error',
      from: { path: '^schemas/', pathNot: test },
      to: {
        path: '^(runtime|patterns|services|cli|deploy|examples|bench|test)/',
        pathNot: '^runtime/errors\\.ts$',
      },
    },
    {
      name: 'log-on-schemas',
      comment:
        'layer 1 knows schemas and the plain files of the runtime (errors, durations, clock)',
      severity: 'error',
      from: { path: '^runtime/log/', pathNot: test },
      to: {
        path: '^(runtime|patterns|services|cli|deploy|examples|bench|test)/',
        pathNot: ['^runtime/log/', '^runtime/[^/]+\\.ts$'],
      },
    },
    {
      name: 'durable-on-the-log-port',
      comment: 'the kernel knows the log through its port and the placement of keys, no adapter',
      severity: 'error',
      from: { path: '^runtime/durable/', pathNot: test },
      to: {
        path: '^(runtime|patterns|services|cli|deploy|examples|bench|test)/',
        pathNot: ['^runtime/durable/', '^runtime/log/(port|murmur2)\\.ts$', '^runtime/[^/]+\\.ts$'],
      },
    },
    {
      name: 'only-the-edge-chooses-an-adapter',
      comment: 'plain files of the runtime stay below the layers that use them',
      severity: 'error',
      from: {
        path: '^runtime/[^/]+\\.ts$',
        pathNot: [test, '^runtime/(index|serve|connect|backend)\\.ts$'],
      },
      to: { path: '^runtime/log/', pathNot: '^runtime/log/port\\.ts$' },
    },
    {
      name: 'runtime-below-patterns',
      severity: 'error',
      from: { path: '^runtime/', pathNot: test },
      to: { path: '^(patterns|services|cli|deploy|examples|bench|test)/' },
    },
    {
      name: 'patterns-on-public-names',
      severity: 'error',
      from: { path: '^patterns/', pathNot: test },
      to: {
        path: '^(runtime|schemas|services|cli|deploy|examples|bench|test)/',
        pathNot: entry,
      },
    },
    {
      name: 'services-on-public-names',
      severity: 'error',
      from: { path: '^(services|examples)/', pathNot: test },
      to: { path: '^(runtime|schemas|patterns)/', pathNot: entry },
    },
    {
      name: 'services-below-the-command-line',
      severity: 'error',
      from: { path: '^(services|examples)/', pathNot: test },
      to: { path: '^(cli|deploy|bench|test)/' },
    },
    {
      name: 'no-service-knows-another',
      comment: 'services meet on topics, and share the contracts of what travels there',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: [test, '^services/[^/]+/main\\.ts$'] },
      to: { path: '^services/[^/]+/', pathNot: ['^services/$1/', '^services/contracts/'] },
    },
    {
      name: 'kafkajs-in-its-adapter',
      severity: 'error',
      comment: 'beside it stands what tests and the benchmark compare ours with',
      from: {
        path: '^(?!runtime/log/kafka/|test/kafka/outsider\\.ts$|runtime/log/murmur2\\.test\\.ts$)',
      },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'registry-client-in-its-place',
      severity: 'error',
      from: { path: '^(?!schemas/)', pathNot: test },
      to: { path: 'node_modules/@kafkajs/confluent-schema-registry/' },
    },
    {
      name: 'no-tests-in-sources',
      severity: 'error',
      from: { pathNot: [test, '^test/'] },
      to: { path: test },
    },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'undetermined', 'unknown'] },
    },
    {
      name: 'no-development-package-in-what-ships',
      comment: 'containers are a convenience of a checkout: they are looked for, never required',
      severity: 'error',
      from: {
        path: '^(schemas|runtime|patterns|services|cli|deploy/local)/',
        pathNot: [test, '^deploy/local/containers\\.ts$', '^runtime/log/conformance'],
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.stoa)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
