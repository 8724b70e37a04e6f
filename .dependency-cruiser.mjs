// The allowed imports. Any import that is not listed is forbidden.
const contract = (...doors) => doors.map((door) => `packages/contract/src/${door}`)
/** The demo runs as a process of its own; this door says how to start it. */
const demoProgram = 'packages/demo/src/program.ts'
/** `slashzero start` hands its environment to the server; this door says what the variables mean. */
const serverSettings = 'apps/web/server/settings.ts'

const mayImport = {
  'packages/contract/src/report': contract('testing'),
  'packages/contract/src/testing': contract('report'),
  'packages/contract/src/rest': contract('report'),
  'packages/contract/src/page': contract('report', 'rest'),
  'packages/core': contract('report', 'rest', 'testing'),
  'packages/linux': [],
  'packages/route-table': [],
  'packages/db': ['packages/core', 'packages/contract'],
  'packages/services': ['packages/db', 'packages/core', 'packages/contract', 'packages/route-table'],
  'packages/api': ['packages/services', 'packages/contract'],
  'apps/web/(?!server/)': ['packages/api', 'packages/contract', 'packages/core'],
  'apps/web/server': [
    'packages/api',
    'packages/contract',
    'packages/core',
    'packages/db',
    'packages/services',
    demoProgram,
  ],
  'apps/collector': [
    'packages/linux',
    'packages/route-table',
    'packages/core',
    ...contract('report', 'testing'),
    'packages/lab/src/testing.ts',
  ],
  'apps/cli': ['packages/services', 'packages/db', 'packages/contract', demoProgram, serverSettings],
  'packages/demo': ['packages/contract'],
  'packages/lab': ['packages/contract', 'packages/linux', 'packages/demo'],
  e2e: ['packages/lab', 'packages/contract'],
}

const room = (place) => place.replace(/\/\(.*$/, '')
const boundaries = Object.entries(mayImport).map(([from, to]) => ({
  name: `boundary-${room(from).replace('/', '-')}`,
  comment: `${room(from)} may import ${to.join(', ') || 'no other room'}`,
  from: { path: `^${from}` },
  to: {
    path: '^(apps|packages|e2e)/(?!.*node_modules/)',
    pathNot: [room(from), ...to].map((place) => `^${place}(/|$)`),
  },
}))

// The purest rooms also keep away from the machine: no files, sockets, processes or clocks of Node's.
const pure = {
  name: 'pure-rooms-touch-no-machine',
  from: { path: '^packages/(contract|core|linux|route-table)/src/', pathNot: '\\.test\\.ts$|/testing/' },
  to: { dependencyTypes: ['core'] },
}

// Rooms of the pages: app -> features -> ui -> connection. A page's feature imports only features that several pages
// show.
const sharedFeatures = 'demo|headroom|route|tap|token'
const pages = [
  {
    name: 'pages-import-no-server',
    from: { path: '^apps/web/(?!server/)' },
    to: { path: '^apps/web/server/' },
  },
  {
    name: 'features-share-only-what-several-pages-show',
    from: { path: '^apps/web/features/([^/]+)/' },
    to: { path: '^apps/web/features/', pathNot: `^apps/web/features/($1|${sharedFeatures})/` },
  },
  {
    name: 'ui-imports-no-feature',
    from: { path: '^apps/web/ui/' },
    to: { path: '^apps/web/(app|features)/' },
  },
  {
    name: 'connection-imports-no-page',
    from: { path: '^apps/web/connection/' },
    to: { path: '^apps/web/(app|features|ui)/' },
  },
]

/** Rooms inside a package or an app, from the top down: a room imports only rooms below. */
const ORDERS = {
  'apps/collector/src': [
    'command',
    'doctor',
    'metrics',
    'pass',
    'config',
    'route-checks',
    'advertisements',
    'watch',
    'probes',
    'deliver',
    'host',
    'io',
  ],
  'apps/collector/src/route-checks/guest-agent': ['[^/]+[.]ts', 'libvirt', 'conversation'],
  'packages/core/src': ['hypervisor', 'vm', 'route', 'tap', 'socket', 'optmem', 'report', 'wording'],
  'packages/linux/src': [
    'dnsmasq',
    'radvd',
    'vmm',
    'qemu',
    'router-advertisement',
    'netlink',
    'socket',
    'procfs',
    'text',
  ],
  'packages/lab/src': [
    'scenario',
    'bench',
    'other-kernel',
    'guest-check',
    'libvirt',
    'crowd',
    'bare-hypervisor',
    'hypervisor',
    'vm',
    'sender',
    'tap',
    'collector',
    'optmem',
    'place',
    'qemu',
    'leftover',
    'kernel',
    'cell',
  ],
}
const orders = Object.entries(ORDERS).flatMap(([place, rooms]) =>
  rooms.slice(1).map((below, index) => ({
    name: `${place.replaceAll('/', '-')}-${below}-imports-no-room-above`,
    from: { path: `^${place}/${below}/`, pathNot: '\\.test\\.ts$' },
    to: { path: `^${place}/(${rooms.slice(0, index + 1).join('|')})(/|$)` },
  })),
)

export default {
  forbidden: [
    ...boundaries,
    ...pages,
    ...orders,
    pure,
    {
      name: 'only-tests-build-reports',
      from: { path: '/(src|server)/', pathNot: '\\.test\\.tsx?$|/testing/|^e2e/' },
      to: { path: '^packages/contract/src/testing/' },
    },
    {
      name: 'collector-starts-labs-only-to-test-and-to-measure',
      from: { path: '^apps/collector/', pathNot: '\\.lab\\.test\\.ts$|/packaging/measure\\.ts$|/doctor/situations/' },
      to: { path: '^packages/lab/' },
    },
    {
      name: 'collector-judges-only-in-doctor',
      from: { path: '^apps/collector/', pathNot: '^apps/collector/src/doctor/' },
      to: { path: '^packages/core/' },
    },
    {
      name: 'only-db-imports-the-generated-client',
      from: { pathNot: '^packages/db/' },
      to: { path: '^packages/db/src/generated/|@prisma/client' },
    },
    { name: 'no-circular', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', from: {}, to: { couldNotResolve: true } },
    {
      name: 'not-to-dev-dep',
      from: { path: '/src/|^apps/web/[^/]+/', pathNot: '\\.test\\.ts$|/src/testing/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ].map((rule) => Object.assign(rule, { severity: 'error' })),
  options: {
    doNotFollow: { path: 'node_modules|/generated/' },
    exclude: { path: '\\.next/|/dist/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
}
