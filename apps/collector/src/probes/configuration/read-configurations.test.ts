import type { NamespaceReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { SystemError } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { createConfigurationReader } from './read-configurations.ts'

const NOW = Date.UTC(2026, 0, 1)
const CONF =
  'interface tap2 { };\ninterface tap1 { AdvSendAdvert on; prefix fd00::/64 { AdvValidLifetime infinity; }; };\n'
const TREE = {
  '/proc/20/cmdline': 'radvd\0-C\0/etc/ra.conf\0',
  '/proc/20/root': { link: '/' },
  '/proc/20/root/etc/ra.conf': CONF,
}

const HEARD = () => ({ heard: new Set(['tap1']), unjoined: new Set<string>(), mtus: new Map([['tap1', 1500]]) })

function namespace(daemon: string, startedAt: string | null): NamespaceReport {
  const sender = { daemon, version: null, pid: 20, startedAt, executableDeleted: false, sockets: [] }
  const counters = { routerSolicitsIn: null, routerAdvertsIn: null, routerAdvertsOut: null }
  const unread = { up: true, forwarding: null, allRoutersUsers: null, ...counters, vm: null }
  const taps = [{ ifindex: 7, name: 'tap7', kind: 'tap' as const, listener: 'tap1', ...unread }]
  return {
    id: 1,
    name: null,
    optmemMaxBytes: null,
    optmemMaxSource: null,
    joinedInterfaces: null,
    senders: [sender],
    taps,
  }
}

function reader(
  tree: Record<string, FakeFile>,
  calls: Partial<Kernel> = {},
  given = namespace('radvd', '2026-01-01T00:00:00.000Z'),
  unjoined: string[] = [],
) {
  const read = createConfigurationReader(fakeKernel(tree, calls), stoppedClock({ wall: () => NOW }))
  return async () => {
    const runs = recordRuns(stoppedClock(), 5000)
    const [configured] = await read([given], () => ({ ...HEARD(), unjoined: new Set(unjoined) }), runs)
    const failed = runs.list().flatMap(({ probe, error, outcome }) => (outcome === 'ok' ? [] : [`${probe}: ${error}`]))
    return { configuration: configured?.senders[0]?.configuration, failed }
  }
}

/** A file whose reads show these times of change in turn. */
function changedAt(...times: number[]): Partial<Kernel> {
  let turn = 0
  return {
    readConfined: async (_root, _path, known) => {
      const modifiedMilliseconds = times[Math.min(turn, times.length - 1)] ?? 0
      turn += 1
      return {
        identity: { device: 1, inode: 1, modifiedMilliseconds },
        text: known?.modifiedMilliseconds === modifiedMilliseconds ? null : CONF,
      }
    },
  }
}

test("reads radvd's settings for interfaces that hear a tap, with defaults", async () => {
  expect(await reader(TREE)()).toEqual({
    configuration: {
      path: '/etc/ra.conf',
      readAt: '2026-01-01T00:00:00.000Z',
      changedAt: '1970-01-01T00:00:00.000Z',
      newerThanProcess: false,
      interfaces: [
        {
          name: 'tap1',
          sendsAdverts: true,
          unicastOnly: false,
          minIntervalSeconds: 198,
          maxIntervalSeconds: 600,
          routerLifetimeSeconds: 1800,
          prefixes: [
            {
              prefix: 'fd00::/64',
              onLink: true,
              autonomous: true,
              validLifetimeSeconds: null,
              preferredLifetimeSeconds: 14_400,
            },
          ],
        },
      ],
    },
    failed: [],
  })
})

test('also says what radvd should send on interfaces that no daemon has joined', async () => {
  const conf = 'interface tap1 { AdvSendAdvert on; }; interface veth1 { AdvSendAdvert on; }; interface veth2 { };'
  const given = namespace('radvd', null)
  const read = reader({ ...TREE, '/proc/20/root/etc/ra.conf': conf }, {}, given, ['veth1', 'veth2', 'veth3'])
  const { configuration } = await read()
  expect(configuration?.interfaces.map(({ name }) => name)).toEqual(['tap1', 'veth1'])
})

test.each([
  { name: 'interface=veth1', expected: ['veth1'] },
  { name: 'interface=veth*', expected: ['veth1', 'veth2'] },
  { name: 'except-interface=eth0', expected: [] },
])('dnsmasq with $name names $expected of two veths', async ({ name, expected }) => {
  const args = `dnsmasq\0--${name}\0--enable-ra\0--dhcp-range=fd00::,ra-only\0--conf-file=/dev/null\0`
  const tree = { '/proc/20/cmdline': args, '/proc/20/root': { link: '/' }, '/proc/20/root/dev/null': '' }
  const { configuration } = await reader(tree, {}, namespace('dnsmasq', null), ['veth1', 'veth2'])()
  expect(configuration?.interfaces.map((one) => one.name).filter((one) => one !== 'tap1')).toEqual(expected)
})

test.each([
  ['AdvDefaultLifetime 18000;', { refusals: [{ option: 'AdvDefaultLifetime', value: 18_000, before: '2.21' }] }],
  ['AdvLinkMTU 1501;', { refusals: [{ option: 'AdvLinkMTU', value: 1501, min: 1280, max: 1500 }] }],
  ['clients { fe80::1; fe80::2; };', { clients: 2 }],
  ['route ::/0 { AdvRouteLifetime 1800; };', { defaultRouteSeconds: 1800 }],
  ['route ::/0 { AdvRouteLifetime infinity; };', { defaultRouteSeconds: null }],
])('reports what %s means to a radvd of unknown version', async (setting, expected) => {
  const tree = { ...TREE, '/proc/20/root/etc/ra.conf': `interface tap1 { ${setting} };\n` }
  const { configuration, failed } = await reader(tree)()
  expect(failed).toEqual([])
  expect(configuration?.interfaces).toMatchObject([expected])
})

test('a version of radvd that refuses the file is a failure, and its bounds count', async () => {
  const read = (text: string, version: string) => {
    const given = namespace('radvd', null)
    const senders = given.senders.map((sender) => Object.assign(sender, { version }))
    return reader({ ...TREE, '/proc/20/root/etc/ra.conf': text }, {}, { ...given, senders })()
  }
  const servers = 'interface tap1 { RDNSS fd00::1 fd00::2 fd00::3 fd00::4 { }; };\n'
  expect((await read(servers, '2.19')).failed).toEqual([expect.stringContaining('up to 3 addresses')])
  expect((await read(servers, '2.20')).failed).toEqual([])
  const long = 'interface tap1 { AdvDefaultLifetime 18000; };\n'
  expect((await read(long, '2.20')).configuration?.interfaces[0]).toHaveProperty('refusals')
  expect((await read(long, '2.21')).configuration?.interfaces[0]).not.toHaveProperty('refusals')
})

test('parses a file again only after a change', async () => {
  let time = NOW
  const read = createConfigurationReader(
    fakeKernel(TREE, changedAt(1000, 1000, 2000)),
    stoppedClock({ wall: () => (time += 1000) }),
  )
  const readings = []
  for (let pass = 0; pass < 3; pass += 1) {
    const [one] = await read([namespace('radvd', null)], HEARD, recordRuns(stoppedClock(), 5000))
    readings.push(one?.senders[0]?.configuration)
  }
  expect(
    readings.map((one) => [one?.readAt.slice(17, 19), one?.changedAt.slice(17, 19), one?.newerThanProcess]),
  ).toEqual([
    ['01', '01', null],
    ['01', '01', null],
    ['02', '02', null],
  ])
})

test.each([
  [NOW - 5000, false],
  [NOW + 900, false],
  [NOW + 5000, true],
])('changed at %i: newer than the process is %s', async (time, newer) => {
  expect((await reader(TREE, changedAt(time))()).configuration?.newerThanProcess).toBe(newer)
})

test('another daemon has no configuration, which is no failure', async () => {
  expect(await reader(TREE, {}, namespace('bird', null))()).toEqual({ configuration: null, failed: [] })
})

test.each([
  [
    'a syntax error',
    { '/proc/20/root/etc/ra.conf': 'interface tap1 {\n AdvSendAdvert yes;\n};\n' },
    '/etc/ra.conf:2: expected on or off after AdvSendAdvert, found "yes"',
  ],
  ['a missing file', { '/proc/20/root/etc/ra.conf': { refused: 'ENOENT' } }, '/etc/ra.conf: does not exist (ENOENT)'],
  [
    'no right',
    { '/proc/20/root': { refused: 'EACCES' } },
    '/proc/20/root: permission denied (EACCES): needs CAP_SYS_PTRACE',
  ],
  [
    'a relative path',
    { '/proc/20/cmdline': 'radvd\0-C\0ra.conf\0' },
    "the configuration path ra.conf is relative, and the daemon's working folder is unknown",
  ],
  [
    'a path without end',
    { '/proc/20/cmdline': `radvd\0-C\0/${'a'.repeat(255)}\0` },
    'the path of the configuration has more than 255 characters',
  ],
])('%s is a failure with a reason in every pass', async (_, tree, error) => {
  const read = reader({ ...TREE, ...tree })
  const failure = { configuration: null, failed: [`configurations: radvd (20): ${error}`] }
  expect(await read()).toEqual(failure)
  expect(await read()).toEqual(failure)
})

test('a daemon that ended meanwhile is no failure', async () => {
  const { '/proc/20/cmdline': _, ...ended } = TREE
  expect(await reader(ended)()).toEqual({ configuration: null, failed: [] })
  const gone = { readConfined: () => Promise.reject(new SystemError('/proc/20/root', 'ENOENT')) }
  expect(await reader(TREE, gone)()).toEqual({ configuration: null, failed: [] })
})

test('a hanging file system delays nobody and is not asked again while it hangs', async () => {
  let asked = 0
  const hang = { readConfined: () => new Promise<never>(() => (asked += 1)) }
  const read = reader(TREE, hang)
  expect((await read()).failed).toEqual([expect.stringContaining('radvd (20): no answer within 500 ms')])
  expect((await read()).failed).toHaveLength(1)
  expect(asked).toBe(1)
})

test('does not report more interfaces than a report can have', async () => {
  const conf = Array.from({ length: 20_001 }, (_, index) => `interface t${index}{};`).join('')
  expect((await reader({ ...TREE, '/proc/20/root/etc/ra.conf': conf })()).failed).toEqual([
    expect.stringContaining('has more than 20000 interfaces'),
  ])
})

describe('of dnsmasq', () => {
  const RANGE = '--dhcp-range=::,constructor:tap*,ra-only'
  const started = namespace('dnsmasq', '2026-01-01T00:00:00.000Z')
  const read = (args: readonly string[], files: Record<string, FakeFile> = {}) => {
    const tree = Object.entries(files).map(([path, file]): [string, FakeFile] => [`/proc/20/root${path}`, file])
    const commandLine = ['dnsmasq', ...args].map((word) => `${word}\0`).join('')
    return reader(
      { '/proc/20/cmdline': commandLine, '/proc/20/root': { link: '/' }, ...Object.fromEntries(tree) },
      {},
      started,
    )()
  }
  const intervals = ({ configuration }: Awaited<ReturnType<typeof read>>) =>
    configuration?.interfaces.map((one) => one.maxIntervalSeconds)

  test('a command line of neutron is as old as its process', async () => {
    const { configuration, failed } = await read(['--conf-file=/dev/null', '--enable-ra', RANGE, '--ra-param=tap*,60'])
    expect(failed).toEqual([])
    expect(configuration).toMatchObject({
      path: 'its command line',
      readAt: '2026-01-01T00:00:00.000Z',
      changedAt: '2026-01-01T00:00:00.000Z',
      newerThanProcess: false,
      interfaces: [
        {
          name: 'tap1',
          sendsAdverts: true,
          maxIntervalSeconds: 60,
          routerLifetimeSeconds: 180,
          prefixes: [{ prefix: '::/64' }],
        },
      ],
    })
  })

  test('reads included files and folders once each, the main file last', async () => {
    const files = {
      '/etc/dnsmasq.conf': 'conf-file=/etc/more.conf\nconf-dir=/etc/d,.old\nra-param=tap*,80\n',
      '/etc/more.conf': 'conf-file=/etc/dnsmasq.conf\nenable-ra\nra-param=tap*,70\n',
      '/etc/d/ra.conf': 'dhcp-range=fd00::,ra-only\nra-param=tap*,90\n',
      '/etc/d/ra.conf.old': 'broken="\n',
      '/etc/d/.hidden': 'broken="\n',
    }
    const found = await read(['-k', '--ra-param=tap*,100'], files)
    expect([found.configuration?.path, intervals(found)]).toEqual(['/etc/more.conf', [80]])
    expect(
      intervals(await read(['-7', '/etc/d,*.conf', '-C', '/etc/other.conf'], { ...files, '/etc/other.conf': '\n' })),
    ).toEqual([90])
  })

  test('a tap that dnsmasq must ignore is not in the configuration', async () => {
    expect((await read([RANGE, '--except-interface=tap1'])).configuration?.interfaces).toEqual([])
  })

  test.each([
    [
      'a mistake in a file',
      ['-C', '/etc/a'],
      { '/etc/a': 'enable-ra\ndhcp-range=fd00::,ra-only,65\n' },
      '/etc/a:2: expected a prefix length of 64, found "65"',
    ],
    ['a mistake on the command line', ['--ra-param', 'tap1,soon'], {}, 'its command line:1: expected ra-param='],
    ['a missing file', ['-C', '/etc/a'], {}, '/etc/a: does not exist (ENOENT)'],
    ['a missing folder', ['-7', '/etc/d'], {}, '/etc/d: does not exist (ENOENT)'],
    ['a program', ['--conf-script=/bin/say'], {}, 'its command line:1: a program prints a part of the configuration'],
    ['its standard input', ['-C', '-'], {}, 'a part of the configuration came from standard input'],
    ['a relative path', ['-C', 'a'], {}, 'the configuration path a is relative'],
  ])('%s makes the configuration unknown, with the reason', async (_, args, files, error) => {
    expect(await read(args, files)).toEqual({
      configuration: null,
      failed: [expect.stringContaining(`configurations: dnsmasq (20): ${error}`)],
    })
  })

  test('too large a configuration is not read to its end', async () => {
    const text = `${'#'.repeat(1_000_000)}\n`
    const files = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`/f${index}`, `${text}conf-file=/f${index + 1}\n`]),
    )
    expect((await read(['-C', '/f0'], files)).failed).toEqual([
      expect.stringContaining('the configuration has more than 4194304 bytes'),
    ])
  })

  test('an endless chain of files is not followed', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`/f${index}`, `conf-file=/f${index + 1}\n`]),
    )
    expect((await read(['-C', '/f0'], files)).failed).toEqual([expect.stringContaining('more than 256 files')])
  })
})
