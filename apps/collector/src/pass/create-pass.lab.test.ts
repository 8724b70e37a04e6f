import { readFileSync } from 'node:fs'
import { type BareHypervisor, startBareHypervisor, until } from '@slashzero/lab/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const VM = ['-name', 'guest=vm-101,debug-threads=on', '-uuid', 'C0FFEE00-0000-4000-8000-000000000101']
const NOBODY = ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--no-new-privs']
const LIMIT = '/proc/sys/net/core/optmem_max'
const CHURN = Array.from({ length: 20 }, (_, index) => `churn${index}`)

describe.skipIf(process.getuid?.() !== 0)('a report of a hypervisor with a real radvd', () => {
  let hypervisor: BareHypervisor
  beforeEach(async () => {
    hypervisor = await startBareHypervisor()
  })
  afterEach(() => hypervisor.remove())

  test('has the true stale memberships, option memory, users, counters and VM', async () => {
    const vm = await hypervisor.startVm(...VM)
    const churner = await hypervisor.startVm('-name', 'churner')
    await hypervisor.startRadvd(['tap101', ...CHURN])
    await vm.ask('open', 'tap101', 'tap102')
    await hypervisor.run('ip', 'link', 'set', 'tap102', 'up')
    await hypervisor.raiseServed(['tap101'])
    const dead: number[] = []
    for (let round = 0; round < 3; round += 1) {
      await churner.ask('open', ...CHURN)
      dead.push(...(await hypervisor.raiseServed(CHURN)))
      await churner.ask('close', ...CHURN)
    }
    await vm.ask('solicit', 'tap101', 'tap102', 'tap102')
    const before = Number(await vm.ask('adverts', 'tap101'))
    const report = await hypervisor.collect()
    const after = Number(await vm.ask('adverts', 'tap101'))

    const [namespace, ...others] = report.namespaces
    expect(others).toEqual([])
    const [sender] = namespace?.senders ?? []
    expect(namespace?.senders).toMatchObject([{ daemon: 'radvd', executableDeleted: false }])
    expect(Date.now() - Date.parse(sender?.startedAt ?? '')).toBeLessThan(120_000)
    expect(sender?.sockets).toMatchObject([
      { optmemBytes: 56 * 61, unmeasuredReason: null, receiveDrops: 0, staleInterfaceIndexes: dead },
    ])
    const configured = {
      sendsAdverts: true,
      minIntervalSeconds: 3,
      maxIntervalSeconds: 4,
      routerLifetimeSeconds: 12,
      prefixes: [],
    }
    expect(sender?.configuration?.newerThanProcess).toBe(false)
    expect(sender?.configuration?.interfaces.map(({ name }) => name)).toEqual(['tap101'])
    expect(sender?.configuration?.interfaces[0]).toMatchObject(configured)
    expect(report.membershipBytes).toBe(56)
    expect(namespace?.joinedInterfaces).toBe(1)
    expect(namespace?.taps).toMatchObject([
      { name: 'tap101', kind: 'tap', up: true, forwarding: true, allRoutersUsers: 2, routerSolicitsIn: 1 },
      {
        name: 'tap102',
        kind: 'tap',
        up: true,
        forwarding: true,
        allRoutersUsers: 1,
        routerSolicitsIn: 2,
        routerAdvertsOut: 0,
      },
    ])
    expect(namespace?.taps.map((tap) => tap.vm?.name)).toEqual(['vm-101', 'vm-101'])
    expect(namespace?.taps[0]?.vm?.uuid).toBe('c0ffee00-0000-4000-8000-000000000101')
    expect(namespace?.taps[0]?.routerAdvertsOut).toBeGreaterThanOrEqual(before)
    expect(namespace?.taps[0]?.routerAdvertsOut).toBeLessThanOrEqual(after)
    expect(after).toBeGreaterThan(0)
    expect(report.runs.filter((run) => run.outcome === 'failed')).toEqual([])

    await hypervisor.run('sysctl', '-qw', 'net.ipv6.conf.tap102.disable_ipv6=1')
    const switchedOff = await hypervisor.collect()
    expect(report.namespaces[0]?.taps.map((tap) => tap.ipv6Disabled)).toEqual([false, false])
    expect(switchedOff.namespaces[0]?.taps.map((tap) => tap.ipv6Disabled)).toEqual([false, true])
  })

  test('without any right, says what it could not read and why, and reads the rest', async () => {
    const vm = await hypervisor.startVm(...VM)
    await hypervisor.startRadvd(['tap101'])
    await vm.ask('open', 'tap101')
    await hypervisor.raiseServed(['tap101'])
    await until('the address of the tap is usable', async () => {
      const tentative = await hypervisor.run('ip', '-6', 'addr', 'show', 'dev', 'tap101', 'tentative')
      return !tentative.includes('inet6')
    })
    const report = await hypervisor.collect(NOBODY)

    expect(report.membershipBytes).toBe(56)
    const [namespace, ...others] = report.namespaces
    expect(others).toEqual([])
    expect(namespace?.optmemMaxBytes).toBeGreaterThan(0)
    expect(namespace?.taps).toMatchObject([
      { name: 'tap101', up: true, forwarding: true, allRoutersUsers: 2, linkLocals: [{ state: 'usable' }], vm: null },
    ])
    expect(namespace?.senders).toMatchObject([
      { daemon: 'radvd', sockets: [{ staleInterfaceIndexes: null, receiveDrops: 0 }] },
    ])
    const socket = namespace?.senders[0]?.sockets[0]
    // A kernel that diagnoses raw sockets does so for everybody.
    const unmeasured = expect.stringMatching(/sock_diag: .*CONFIG_INET_RAW_DIAG.*; pidfd_getfd: .*CAP_SYS_PTRACE/)
    expect([socket?.optmemBytes, socket?.unmeasuredReason]).toEqual(
      socket?.method === 'sock_diag' ? [56, null] : [null, unmeasured],
    )
    const failed = new Map(
      report.runs.filter((run) => run.outcome === 'failed').map(({ probe, error }) => [probe, error]),
    )
    expect([...failed.keys()]).toEqual([
      'processes',
      ...(socket?.optmemBytes === null ? ['optmem'] : []),
      'stale-memberships',
      'configurations',
    ])
    expect(failed.get('processes')).toMatch(
      /the holders of 2 .* descriptors of \d+ processes cannot be listed: needs CAP_SYS_PTRACE/,
    )
  })

  test('has the senders and taps of other namespaces, with or without a process', async () => {
    for (const name of ['qrouter-1', 'qrouter-2']) {
      await hypervisor.run('ip', 'netns', 'add', name)
      const inside = ['ip', '-n', name]
      await hypervisor.run(...inside, 'link', 'set', 'lo', 'up')
      await hypervisor.run(
        'ip',
        'netns',
        'exec',
        name,
        'sysctl',
        '-qew',
        'net.ipv6.conf.all.forwarding=1',
        'net.core.optmem_max=20480',
      )
      await hypervisor.run(...inside, 'link', 'add', 'port', 'type', 'veth', 'peer', 'name', 'guest')
      await hypervisor.run(...inside, 'tuntap', 'add', 'dev', 'tap7', 'mode', 'tap')
    }
    await hypervisor.startRadvd(['port'], ['ip', 'netns', 'exec', 'qrouter-1'])
    for (const device of ['guest', 'port']) await hypervisor.run('ip', '-n', 'qrouter-1', 'link', 'set', device, 'up')
    await until('radvd joined in qrouter-1', async () => {
      return / port +ff020{26}02 +2 /.test(
        await hypervisor.run('ip', 'netns', 'exec', 'qrouter-1', 'cat', '/proc/net/igmp6'),
      )
    })
    const { namespaces, runs } = await hypervisor.collect()

    const routers = namespaces.toSorted((a, b) => String(a.name).localeCompare(String(b.name)))
    expect(routers.map(({ name }) => name)).toEqual(['qrouter-1', 'qrouter-2'])
    // Before Linux 6.8 the machine has one limit, and the namespace has no file for it.
    const own = await hypervisor.run('ip', 'netns', 'exec', 'qrouter-1', 'sh', '-c', `cat ${LIMIT} || true`)
    const [optmemMaxBytes, optmemMaxSource] =
      own === '' ? [Number(readFileSync(LIMIT, 'utf8')), 'init'] : [20480, 'namespace']
    expect(routers[0]).toMatchObject({
      optmemMaxBytes,
      optmemMaxSource,
      senders: [{ daemon: 'radvd', sockets: [{ optmemBytes: 56, staleInterfaceIndexes: [] }] }],
    })
    // The veth that radvd serves is a tap; its unserved peer is not.
    expect(routers[0]?.taps).toMatchObject([
      { name: 'port', kind: 'veth', allRoutersUsers: 2 },
      { name: 'tap7', allRoutersUsers: 1 },
    ])
    expect(routers[1]).toMatchObject({ optmemMaxBytes, senders: [], taps: [{ name: 'tap7', up: false }] })
    expect(runs.filter((run) => run.outcome === 'failed')).toEqual([])
  })

  test('memberships that leaked far above the only tap are stale at once', async () => {
    const vm = await hypervisor.startVm(...VM)
    const names = Array.from({ length: 60 }, (_, index) => `leak${index}`)
    await hypervisor.startRadvd(['tap101', ...names])
    await vm.ask('open', 'tap101')
    await hypervisor.raiseServed(['tap101'])
    for (const [place, from] of [100, 1_000_000, 2_000_000_000].entries()) {
      const some = names.slice(place * 20, place * 20 + 20)
      const make = some.map((name, at) => `link add ${name} index ${from + at} type veth peer name p${name}\n`)
      const peers = some.map((name) => `link set p${name} up\n`)
      await hypervisor.cell.run('ip', ['-batch', '-'], [...make, ...peers].join(''))
      await hypervisor.raiseServed(some)
      await hypervisor.cell.run('ip', ['-batch', '-'], some.map((name) => `link delete ${name}\n`).join(''))
    }
    const { namespaces, runs } = await hypervisor.collect()
    expect(namespaces[0]?.senders[0]?.sockets).toMatchObject([
      { optmemBytes: 61 * 56, joinedInterfaces: 1, staleInterfacesFound: 20, staleInterfaceIndexes: null },
    ])
    expect(runs.find(({ probe }) => probe === 'stale-memberships')).toMatchObject({ outcome: 'ok' })
    const text = await hypervisor.run('sh', '-c', '"$@" || true', '-', ...hypervisor.collector, 'doctor')
    expect(text).toContain('60 stale and 1 live memberships hold 3,416 of')
    expect(text).toMatch(/dead taps +\d+ of 60 were found so far, \d+ are missing/)
  })

  test('a tap put on a bridge after its VM solicited is served, as the bridge counts', async () => {
    const vm = await hypervisor.startVm(...VM)
    await vm.ask('open', 'tap101')
    await hypervisor.run('ip', 'link', 'add', 'br0', 'type', 'bridge')
    await hypervisor.run('ip', 'link', 'set', 'tap101', 'up')
    const solicited = async () => {
      await vm.ask('solicit', 'tap101')
      return /InRouterSolicits\s+[1-9]/.test(await hypervisor.run('cat', '/proc/net/dev_snmp6/tap101'))
    }
    await until('tap101 counted a solicitation', solicited)
    await hypervisor.startRadvd(['br0'])
    await hypervisor.run('ip', 'link', 'set', 'tap101', 'master', 'br0')
    await hypervisor.raiseServed(['br0'])
    const advertised = async () =>
      /OutRouterAdvertisements\s+[1-9]/.test(await hypervisor.run('cat', '/proc/net/dev_snmp6/br0'))
    await until('radvd advertised on br0', advertised)
    const doctor = await hypervisor.run('sh', '-c', '"$@" || true', '-', ...hypervisor.collector, 'doctor', '--json')
    const [tap] = JSON.parse(doctor).namespaces[0].taps
    expect(tap).toMatchObject({ name: 'tap101', countedOn: 'br0', status: 'served', routerSolicitsIn: 0 })
    expect(tap.routerAdvertsOut).toBeGreaterThan(0)
  })

  test('configured veths are taps even if a full socket cannot join them', async ({ skip }) => {
    const veths = ['veth1', 'veth2', 'veth3']
    skip(!(await hypervisor.setLimit(60)), 'a namespace has no limit of its own before Linux 6.8')
    const vm = await hypervisor.startVm(...VM)
    await hypervisor.startRadvd(['tap101', ...veths])
    await vm.ask('open', 'tap101')
    await hypervisor.raiseServed(['tap101'])
    for (const name of [...veths, 'other']) {
      await hypervisor.run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', `p${name}`)
      for (const end of [name, `p${name}`]) await hypervisor.run('ip', 'link', 'set', end, 'up')
    }
    const { namespaces } = await hypervisor.collect()
    expect(namespaces[0]?.taps.map(({ name, kind, allRoutersUsers }) => [name, kind, allRoutersUsers])).toEqual([
      ['tap101', 'tap', 2],
      ...veths.map((name) => [name, 'veth', 1]),
    ])
    const text = await hypervisor.run('sh', '-c', '"$@" || true', '-', ...hypervisor.collector, 'doctor')
    for (const name of veths) expect(text).toMatch(new RegExp(`^ +${name} +- +not-joined`, 'm'))
  })

  test('counts a joined bridge with two taps once', async () => {
    const vm = await hypervisor.startVm(...VM)
    await vm.ask('open', 'tap101', 'tap102')
    await hypervisor.run('ip', 'link', 'add', 'br0', 'type', 'bridge')
    for (const tap of ['tap101', 'tap102']) await hypervisor.run('ip', 'link', 'set', tap, 'master', 'br0', 'up')
    await hypervisor.startRadvd(['br0'])
    await hypervisor.raiseServed(['br0'])
    const { namespaces } = await hypervisor.collect()
    expect(namespaces).toMatchObject([{ joinedInterfaces: 1, senders: [{ sockets: [{ optmemBytes: 56 }] }] }])
    expect(namespaces[0]?.taps).toMatchObject([
      { name: 'tap101', allRoutersUsers: 2 },
      { name: 'tap102', allRoutersUsers: 2 },
    ])
  })

  test('does not treat a ping or a manual solicitation as a sender', async () => {
    const vm = await hypervisor.startVm(...VM)
    await vm.ask('open', 'tap101')
    await hypervisor.run('ip', 'link', 'set', 'tap101', 'up')
    hypervisor.start('ping', '-6', '-i', '60', 'fe80::1%tap101')
    await until(
      'link-local address is ready',
      async () => !(await hypervisor.run('ip', '-6', 'addr', 'show', 'tap101')).includes('tentative'),
    )
    hypervisor.start('rdisc6', '-w', '20000', 'tap101')
    await until(
      'raw sockets are open',
      async () => (await hypervisor.run('cat', '/proc/net/raw6')).split(':003A ').length > 1,
    )
    const { namespaces, runs } = await hypervisor.collect()

    expect(namespaces).toMatchObject([{ senders: [], taps: [{ name: 'tap101' }] }])
    expect(runs.filter((run) => run.outcome === 'failed')).toEqual([])
  })

  test('shows an upgraded daemon with a deleted executable and its running version', async () => {
    await hypervisor.run('sh', '-c', 'cp /usr/sbin/radvd /run/radvd && chmod 755 /run/radvd')
    await hypervisor.startRadvd(['tap101'], [], '/run/radvd')
    await hypervisor.run('rm', '/run/radvd')
    const { namespaces } = await hypervisor.collect()
    expect(namespaces).toMatchObject([
      { senders: [{ daemon: 'radvd', executableDeleted: true, sockets: [{ optmemBytes: 0 }] }] },
    ])
    expect(namespaces[0]?.senders[0]?.version).toMatch(/^\d+\.\d+/)
  })
})
