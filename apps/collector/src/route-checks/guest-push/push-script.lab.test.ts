import { execFile } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BareHypervisor, startBareHypervisor, until } from '@slashzero/lab/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RouteCheckReport } from '@slashzero/contract/report'

const execute = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('../../../guest/slashzero-push.sh', import.meta.url))
const FIXTURES = fileURLToPath(new URL('../../../../../packages/route-table/fixtures/', import.meta.url))
/** The VMs push in turn, so that no VM has to wait for its next push. */
const vms = Array.from({ length: 6 }, (_, index) => ({
  name: `vm-${index}`,
  uuid: `0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a0${index}`,
}))
const GATEWAY = 'fe80::1'
const IPV4 = 'http://192.0.2.1:9470'
const LINK_LOCAL = `http://[${GATEWAY}%25eth0]:9470`

type Guest = { readonly vm: (typeof vms)[number]; readonly token: string }

/** The programs that a guest can send with; the test hides all others. */
const PROGRAMS = ['curl', 'wget']
const programs = {
  curl: { hidden: ['wget'], added: [] },
  wget: { hidden: ['curl'], added: [] },
  nc: { hidden: ['curl', 'wget'], added: ['nc'] },
  'wget of busybox': { hidden: ['curl', 'wget'], added: ['wget'] },
} as const satisfies Record<string, { hidden: readonly string[]; added: readonly string[] }>

test.each(['shellcheck -s sh', 'dash -n', 'busybox ash -n', 'mksh -n'])(
  '%s finds nothing wrong with it',
  async (checker) => {
    await expect(execute('sh', ['-c', `${checker} ${SCRIPT}`])).resolves.toEqual({ stdout: '', stderr: '' })
  },
)

describe.skipIf(process.getuid?.() !== 0)('the script in a guest', () => {
  let hypervisor: BareHypervisor
  let collector: { stop: () => Promise<unknown> }
  let folder: string
  let guests: Guest[]
  let stranger: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slashzero-push-'))
    hypervisor = await startBareHypervisor()
    const { run } = hypervisor
    await run(
      'sh',
      '-c',
      `ip netns add guest && ip link add tapg type veth peer name eth0 netns guest && ip link set tapg up
      ip addr add 192.0.2.1/24 dev tapg && ip addr add ${GATEWAY}/64 dev tapg nodad
      ip -n guest addr add 192.0.2.2/24 dev eth0 && ip -n guest link set lo up && ip -n guest link set eth0 up
      ip netns exec guest sysctl -qw net.ipv6.conf.all.accept_ra=0 net.ipv6.route.gc_interval=3600`,
    )
    for (const { name, uuid } of vms) {
      const vm = await hypervisor.startVm('-name', `guest=${name}`, '-uuid', uuid)
      await vm.ask('open', name)
    }
    collector = hypervisor.startCollector('--interval', '1', '--guest-push-listen', '[::]:9470')
    const print = async (vm: string, stateDir: string) =>
      (await run(...hypervisor.collector, 'push-token', vm, '--state-dir', stateDir)).trim()
    guests = await Promise.all(
      vms.map(async (vm) => ({ vm, token: await print(vm.uuid.toUpperCase(), hypervisor.stateDir) })),
    )
    stranger = await print(vms[0]?.uuid ?? '', join(folder, 'other-host'))
    await until('the VMs are known', () =>
      Promise.resolve(hypervisor.readSpool().some(({ routeChecks }) => routeChecks.length === vms.length)),
    )
    await until(
      'the link-local address can be used',
      async () => !(await run('ip', '-n', 'guest', '-6', 'addr')).includes('tentative'),
    )
    makeFolders()
  })
  afterAll(async () => {
    await collector.stop()
    await hypervisor.remove()
    rmSync(folder, { recursive: true })
  })

  test.each(Object.keys(programs))('sends by %s, and shows its token nowhere', async (program) => {
    await setRoute(`default via ${GATEWAY} dev eth0 proto ra metric 1024 expires 1790`)
    const { vm, token } = nextGuest()
    const { status, said } = await pushWhenAllowed(inGuest(token, IPV4, hide(program)))
    expect(said).toMatch(/^Taken: there is a default route by fe80::1, for 17\d\d s more\.\n$/)
    expect(status).toBe(0)
    expect(said).not.toContain(token)
    expect(await reported(vm.name)).toMatchObject({ vm, method: 'pushed', defaultRoute: 'present', gateway: GATEWAY })
  })

  // mksh runs a program for printf, like sh of OpenBSD.
  test.each(['curl', 'nc'])('tells its token to no program that it runs, in a guest with %s', async (program) => {
    const { token } = nextGuest()
    const { bin, log } = record([
      'cat',
      'cksum',
      'cut',
      'find',
      'ip',
      'mktemp',
      'nc',
      'printf',
      'rm',
      'sed',
      'tr',
      'uname',
      'wc',
    ])
    const { said } = await pushWhenAllowed(inGuest(token, IPV4, `${hide(program)} && export PATH=${bin}:$PATH`, 'mksh'))
    expect(said).toMatch(/^Taken: /)
    const told = readFileSync(log, 'utf8')
    expect(told).toContain('ip -6 route')
    expect(told).not.toContain(token)
  })

  test.each(['curl', 'nc', 'wget of busybox'])(
    'reaches the link-local address of its tap by %s, with no IPv4 and no route',
    async (program) => {
      await setRoute(null)
      await hypervisor.run('ip', '-n', 'guest', 'addr', 'flush', 'dev', 'eth0', 'scope', 'global')
      const { vm, token } = nextGuest()
      const { said } = await pushWhenAllowed(inGuest(token, LINK_LOCAL, hide(program)))
      await hypervisor.run('ip', '-n', 'guest', 'addr', 'add', '192.0.2.2/24', 'dev', 'eth0')
      expect(said).toBe('Taken: there is no default route.\n')
      expect(await reported(vm.name)).toMatchObject({ vm, defaultRoute: 'absent', expiresInSeconds: null })
    },
  )

  test.each([
    {
      kind: 'iproute2',
      command: (token: string) => inGuest(token, IPV4, hide('curl')),
      said: /no default route in use: .*lifetime has ended/,
    },
    { kind: 'busybox only', command: inBusybox, said: /no default route in use: .*lifetime has ended/ },
  ])('distinguishes an expired listed route from a live route, by $kind', async ({ command, said }) => {
    await setRoute(`default via ${GATEWAY} dev eth0 proto ra metric 1024 expires 1`)
    await until('it has ended', async () =>
      /expires -\d+sec/.test(await hypervisor.run('ip', '-n', 'guest', '-6', 'route')),
    )
    const { vm, token } = nextGuest()
    expect((await pushWhenAllowed(command(token))).said).toMatch(said)
    expect(await reported(vm.name)).toMatchObject({ defaultRoute: 'expired', gateway: GATEWAY })
  })

  test.each([
    {
      what: 'has its route',
      route: `default via ${GATEWAY} dev eth0`,
      said: 'Taken: there is a default route by fe80::1.\n',
      state: 'present',
    },
    { what: 'has no route', route: null, said: 'Taken: there is no default route.\n', state: 'absent' },
  ])('a guest with only busybox $what', async ({ route, said, state }) => {
    await setRoute(route)
    const { vm, token } = nextGuest()
    expect((await pushWhenAllowed(inBusybox(token))).said).toBe(said)
    expect(await reported(vm.name)).toMatchObject({ defaultRoute: state })
  })

  test.each([
    { system: 'FreeBSD', table: 'freebsd/healthy.txt', state: 'present' },
    { system: 'FreeBSD', table: 'freebsd/broken.txt', state: 'absent' },
    { system: 'OpenBSD', table: 'openbsd/healthy.txt', state: 'present' },
    { system: 'Darwin', table: 'macos/only-scoped.txt', state: 'absent' },
  ])('$system, by what netstat prints there ($table)', async ({ system, table, state }) => {
    const { vm, token } = nextGuest()
    await pushWhenAllowed(inGuest(token, IPV4, `PATH=${fake(system, table)}:$PATH`))
    expect(await reported(vm.name)).toMatchObject({ defaultRoute: state })
  })

  test('a route command that prints nonsense makes the route unknown, with the line', async () => {
    writeFileSync(
      join(folder, 'nonsense'),
      'Internet6:\nDestination Gateway Flags Netif Expire\n\x1b[2Jnonsense here\n',
    )
    const { vm, token } = nextGuest()
    const { said } = await pushWhenAllowed(
      inGuest(token, IPV4, `PATH=${fake('FreeBSD', join(folder, 'nonsense'))}:$PATH`),
    )
    expect(said).toMatch(/^Taken, but it does not tell whether .*line 3 is not a route/)
    const check = await reported(vm.name)
    expect(check).toMatchObject({ defaultRoute: 'unknown', reason: expect.stringContaining('nonsense here') })
    expect(check?.reason).not.toContain('\x1b')
  })

  test.each([
    {
      what: 'the token of another host',
      token: () => stranger,
      status: 1,
      said: /did not accept the routes: This token is not from this hypervisor/,
    },
    { what: 'no token', token: () => '', status: 2, said: /the second line of .* is not a token/ },
    {
      what: 'a token with a shell in it',
      token: () => 'sz_$(id)',
      status: 2,
      said: /the token in .* has invalid characters/,
    },
  ])('$what is refused in words', async ({ token, status, said }) => {
    const answer = await push(inGuest(token(), IPV4, hide('curl')))
    expect(answer).toEqual({ status, said: expect.stringMatching(said) })
  })

  test('reports a readable token file, an invalid address and an absent server', async () => {
    const file = join(folder, 'readable')
    writeFileSync(file, `${IPV4}\n${stranger}\n`)
    chmodSync(file, 0o644)
    expect(await push(`${SCRIPT} ${file}`)).toEqual({
      status: 2,
      said: expect.stringContaining(`run: chmod 600 ${file}`),
    })
    expect(await push(inGuest(stranger, 'ftp://192.0.2.1', ''))).toEqual({
      status: 2,
      said: expect.stringContaining('is not an address that begins with'),
    })
    expect(await push(inGuest(stranger, 'http://192.0.2.1:9', hide('curl')))).toEqual({
      status: 1,
      said: expect.stringContaining('did not accept the routes: curl: (7)'),
    })
    expect(await push(inGuest(stranger, 'http://192.0.2.1:9', hide('nc')))).toEqual({
      status: 1,
      said: expect.stringContaining('did not accept the routes: nc: can'),
    })
  })

  test('every program waits for a slow answer', async () => {
    const code = `require('http').createServer((ask, answer) => ask.resume().on('end', () => setTimeout(() => answer.end('Taken late.'), 1500))).listen(9480)`
    hypervisor.start(process.execPath, '-e', code)
    await until('it listens', async () => (await hypervisor.run('cat', '/proc/net/tcp6')).includes(':2508 '))
    for (const program of Object.keys(programs)) {
      const answer = await push(inGuest(stranger, 'http://192.0.2.1:9480', hide(program)))
      expect({ program, ...answer }).toEqual({ program, status: 0, said: 'Taken late.\n' })
    }
  })

  test('the sent data can be shown', async () => {
    await setRoute(null)
    expect((await push(`${SCRIPT} --print`)).said).toMatch(/^#rule\n0:\t.*\n(.*\n)*#route\n#exit 0\n#end\n$/)
  })

  function nextGuest(): Guest {
    const guest = guests.shift()
    if (guest === undefined) throw new Error('there are no guests')
    guests.push(guest)
    return guest
  }

  function makeFolders(): void {
    for (const [program, { added }] of Object.entries(programs)) {
      const bin = join(folder, program.replaceAll(' ', '-'))
      mkdirSync(bin)
      for (const name of added) symlinkSync('/bin/busybox', join(bin, name))
    }
  }

  function hide(program: string): string {
    const { hidden } = Object.entries(programs).find(([name]) => name === program)?.[1] ?? { hidden: PROGRAMS }
    const covers = hidden.map((name) => `mount --bind /dev/null /usr/bin/${name}`)
    return [...covers, `export PATH=${join(folder, program.replaceAll(' ', '-'))}:$PATH`].join(' && ')
  }

  function fake(system: string, table: string): string {
    const bin = mkdtempSync(join(folder, 'fake-'))
    writeFileSync(join(bin, 'uname'), `#!/bin/sh\necho ${system}\n`, { mode: 0o755 })
    writeFileSync(
      join(bin, 'netstat'),
      `#!/bin/sh\n[ "$*" = "-rn -f inet6" ] && cat ${join(table.startsWith('/') ? '' : FIXTURES, table)}\n`,
      { mode: 0o755 },
    )
    return bin
  }

  /** Programs that write down their arguments before they run the real program. */
  function record(names: readonly string[]): { bin: string; log: string } {
    const bin = mkdtempSync(join(folder, 'record-'))
    const log = join(bin, 'log')
    for (const name of names) {
      const real = name === 'nc' ? '/bin/busybox nc' : `$(PATH=/usr/sbin:/usr/bin:/sbin:/bin type -P ${name})`
      writeFileSync(join(bin, name), `#!/bin/bash -p\necho "${name} $*" >>${log}\nexec ${real} "$@"\n`, { mode: 0o755 })
    }
    return { bin, log }
  }

  function inGuest(token: string, server: string, before: string, shell = ''): string {
    return `${before === '' ? 'true' : before} && ${shell} ${SCRIPT} ${configure(server, token)}`
  }

  /** The command that runs the script in a root with only busybox. */
  function inBusybox(token: string): string {
    const root = mkdtempSync(join(folder, 'root-'))
    for (const name of ['bin', 'proc', 'tmp', 'lib', 'lib64', 'dev', 'usr']) mkdirSync(join(root, name))
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'))
    writeFileSync(join(root, 'push.sh'), readFileSync(SCRIPT), { mode: 0o755 })
    writeFileSync(join(root, 'file'), readFileSync(configure(IPV4, token)), { mode: 0o600 })
    return `cd ${root} && for at in lib lib64 proc dev; do mount --rbind /$at $at; done && chroot . /bin/busybox --install -s /bin && PATH=/bin exec /usr/sbin/chroot . /bin/sh /push.sh /file`
  }

  function configure(server: string, token: string): string {
    const file = join(mkdtempSync(join(folder, 'file-')), 'slashzero-push')
    writeFileSync(file, `${server}\n${token}\n`, { mode: 0o600 })
    return file
  }

  async function push(command: string): Promise<{ status: number | null; said: string }> {
    const text = await hypervisor.run('sh', '-c', `ip netns exec guest unshare -m sh -c '${command}' 2>&1; echo "=$?"`)
    const [, said = '', status] = /^([^]*)=(\d+)\n$/.exec(text) ?? []
    return { status: Number(status), said }
  }

  /** Repeats a push until the pause of the VM has passed. */
  async function pushWhenAllowed(command: string): Promise<{ status: number | null; said: string }> {
    let answer = await push(command)
    await until('another push is taken', async () => {
      if (!/One push each|status 429| 429 /.test(answer.said)) return true
      answer = await push(command)
      return false
    })
    return answer
  }

  async function setRoute(route: string | null): Promise<void> {
    await hypervisor.run(
      'sh',
      '-c',
      `ip -n guest -6 route flush default; ${route === null ? 'true' : `ip -n guest -6 route add ${route}`}`,
    )
  }

  /** The latest pushed check of a VM, once two more reports have come. */
  async function reported(name: string): Promise<RouteCheckReport | undefined> {
    const before = hypervisor.readSpool().length
    await until('two more reports', () => Promise.resolve(hypervisor.readSpool().length >= before + 2))
    const checks = hypervisor
      .readSpool()
      .flatMap(({ routeChecks }) => routeChecks.filter(({ method, vm }) => method === 'pushed' && vm.name === name))
    expect(new Set(checks.map(({ checkedAt }) => checkedAt)).size).toBe(checks.length)
    return checks.at(-1)
  }
})
