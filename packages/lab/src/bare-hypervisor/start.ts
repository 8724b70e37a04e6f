import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { report, type Report } from '@slashzero/contract/report'
import { type Cell, startCell } from '../cell/start.ts'
import { type BareVm, startBareVm } from './start-vm.ts'
import { until } from '../cell/until.ts'

export type BareHypervisor = {
  readonly cell: Cell
  /** The command of the collector, where every user inside may read it. */
  readonly collector: readonly string[]
  /** State directory of the collector that `startCollector` starts. */
  readonly stateDir: string
  /** Runs a command inside to its end; out: its standard output. */
  readonly run: (...command: string[]) => Promise<string>
  /** Starts a command inside, with pipes for its standard input and output. */
  start(...command: string[]): ChildProcess
  /** Sets net.core.optmem_max; false before Linux 6.8, where the whole machine has one limit. */
  setLimit(bytes: number): Promise<boolean>
  /** Starts a process that looks like QEMU with these arguments and holds taps. */
  startVm(...qemuArguments: string[]): Promise<BareVm>
  /** Starts radvd for these interfaces, which may not exist yet; `prefix` is a command to start radvd with. */
  startRadvd(interfaces: readonly string[], prefix?: readonly string[], executable?: string): Promise<void>
  /** Raises interfaces that radvd serves and waits until radvd has joined on each; out: their indexes. */
  raiseServed(names: readonly string[]): Promise<number[]>
  /** Runs the collector once; `prefix` is a command to run the collector with. */
  collect(prefix?: readonly string[], ...flags: string[]): Promise<Report>
  /**
   * Starts the collector's service with a server that does not answer. `stop` ends the service; out: its exit status.
   */
  startCollector(...flags: string[]): { stop(): Promise<number | null> }
  /** The reports that could not be sent, oldest first. */
  readSpool(): Report[]
  remove(): Promise<void>
}

/**
 * Starts a hypervisor with nothing on it, as far as a collector inside can tell: a test adds what it needs, one step at
 * a time. `startHypervisor` is the hypervisor with senders, VMs and guests.
 */
export async function startBareHypervisor(): Promise<BareHypervisor> {
  const folder = mkdtempSync(join(tmpdir(), 'slashzero-lab-'))
  const stateDir = join(folder, 'state')
  const cell = await startCell(SETUP)
  let radvds = 0

  const run: BareHypervisor['run'] = (program = '', ...args) => cell.run(program, args)
  const start: BareHypervisor['start'] = (program = '', ...args) =>
    cell.spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] })

  /** Users of ff02::2 by interface name. */
  const readUsers = (): Map<string, number> => {
    const rows = readFileSync(`/proc/${cell.pid}/net/igmp6`, 'utf8')
      .split('\n')
      .filter((row) => row.includes(' ff020000000000000000000000000002 '))
    return new Map(rows.map((row) => row.split(/ +/)).map(([, name = '', , users]) => [name, Number(users)]))
  }

  return {
    cell,
    collector: COLLECTOR,
    stateDir,
    run,
    start,
    async setLimit(bytes) {
      const file = '/proc/sys/net/core/optmem_max'
      const script = `[ ! -e ${file} ] || echo ${bytes} >${file}; ls ${file} 2>/dev/null || true`
      return (await run('sh', '-c', script)) !== ''
    },
    startVm: (...qemuArguments) => startBareVm(cell, qemuArguments),
    async startRadvd(interfaces, prefix = [], executable = 'radvd') {
      radvds += 1
      const name = join(folder, `radvd-${radvds}`)
      const entries = interfaces.map((one) => `interface ${one} { ${RADVD_OPTIONS} };\n`)
      writeFileSync(`${name}.conf`, entries.join(''), { mode: 0o644 })
      const files = ['-C', `${name}.conf`, '-p', `${name}.pid`]
      start(...prefix, executable, '-n', '-m', 'none', ...files)
      await until('radvd has started', async () => readFileSync(`${name}.pid`, 'utf8') !== '')
    },
    async raiseServed(names) {
      for (const name of names) await run('ip', 'link', 'set', name, 'up')
      const isJoined = async () => {
        const users = readUsers()
        return names.every((name) => users.get(name) === 2)
      }
      await until(`radvd joined on ${names.join(' ')}`, isJoined, 10).catch(async () => {
        // On a busy machine radvd finds an address still tentative, and waits until the kernel announces that interface
        // again.
        for (const name of names) await run('ip', 'link', 'set', name, 'alias', 'again')
        await until(`radvd joined on ${names.join(' ')} after a second announcement`, isJoined)
      })
      const links = await run('ip', '-o', 'link')
      return names.map((name) => Number(new RegExp(`^(\\d+): ${name}:`, 'm').exec(links)?.[1]))
    },
    async collect(prefix = [], ...flags) {
      return report.parse(JSON.parse(await run(...prefix, ...COLLECTOR, 'once', '--json', ...flags)))
    },
    startCollector(...flags) {
      const command = [...COLLECTOR, 'run', '--server', NO_SERVER, '--state-dir', stateDir, ...flags]
      const child = start('sh', '-c', 'echo $$ > /run/collector.pid && exec "$@"', '-', ...command)
      return {
        async stop() {
          const ended = once(child, 'exit')
          await run('sh', '-c', 'kill -TERM $(cat /run/collector.pid)')
          await ended
          return child.exitCode
        },
      }
    },
    readSpool() {
      const names = readdirSync(stateDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.json.gz'),
      )
      const texts = names
        .toSorted((a, b) => a.localeCompare(b))
        .map((name) => gunzipSync(readFileSync(join(stateDir, name))).toString('utf8'))
      return texts.map((text) => report.parse({ sentAt: new Date().toISOString(), ...JSON.parse(text) }))
    },
    async remove() {
      await cell.dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const NO_SERVER = 'http://127.0.0.1:9'
const RADVD_OPTIONS = 'AdvSendAdvert on; IgnoreIfMissing on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4;'
const CHECKOUT = fileURLToPath(new URL('../../../..', import.meta.url))

/**
 * A user without rights may not enter every folder above the checkout (root's home has mode 0700), but may enter /run.
 */
const SETUP = [
  'mount -n -t tmpfs none /run',
  'mkdir /run/checkout && touch /run/node',
  `mount -n --bind '${CHECKOUT}' /run/checkout`,
  `mount -n --bind '${process.execPath}' /run/node`,
  'ip link set lo up',
  'sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.forwarding=1',
]
const COLLECTOR = ['/run/node', '/run/checkout/apps/collector/bin/slashzero-collector.mjs']
