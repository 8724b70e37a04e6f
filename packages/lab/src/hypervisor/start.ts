import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type Cell, startCell } from '../cell/start.ts'
import { type CollectorOptions, startCollector } from '../collector/start.ts'
import { claimDirectory, releaseDirectory } from '../leftover/claim.ts'
import { readSender, type SenderReading } from '../optmem/read-sender.ts'
import { type Radvd, startRadvd } from '../sender/radvd.ts'
import { nameTaps, startChurn } from '../tap/churn.ts'
import { startVm, type Vm, type VmOptions } from '../vm/start.ts'

export type HypervisorOptions = {
  /** Its host name, and the name of its folder. */
  name: string
  /** `net.core.optmem_max` in it, 20480 unless given. Before Linux 6.8 the machine's own limit holds instead. */
  optmemMaxBytes?: number
  /** AdvDefaultLifetime, 20 unless given: how long a guest keeps its route after the last advertisement. */
  routeLifetimeSeconds?: number
  /** The interfaces that radvd.conf names; tap101 to tap120 and tap1001 to tap1400 unless given. */
  served?: readonly string[]
}

export type Hypervisor = {
  readonly name: string
  readonly cell: Cell
  readonly radvd: Radvd
  addVm(options: VmOptions): Promise<Vm>
  /** Creates the taps tap1001, tap1002 … and keeps them, once radvd has joined on those that fit. */
  addTaps(count: number): Promise<void>
  /** Creates taps as {@link addTaps} does, and deletes them. */
  churn(count: number): Promise<void>
  /** Lets go of persistent taps and takes them again: the taps stay, as where a platform makes them once. */
  replug(count: number): Promise<void>
  /** What the kernel says of radvd's socket, read without the collector; null while there is no socket. */
  readSender(): Promise<SenderReading | null>
  /** Router Advertisements sent on a tap since it exists. */
  countAdvertsOut(tap: string): Promise<number>
  runCollector(options: CollectorOptions): Promise<void>
  /** Removes all of it, also from the disk. */
  dispose(): Promise<void>
}

/**
 * Makes a hypervisor: a machine of its own as far as a collector inside can tell, with radvd serving its taps.
 * It ends with this process at the latest, and nothing of it is left then but files in /run/slashzero-lab.
 */
export async function startHypervisor(options: HypervisorOptions): Promise<Hypervisor> {
  const directory = `${await claimDirectory()}/${options.name}`
  const run = `${directory}/run`
  await mkdir(`${run}/netns`, { recursive: true })
  await writeFile(`${directory}/machine-id`, `${randomBytes(16).toString('hex')}\n`)
  const cell = await startCell(setup(directory, options))
  const radvd = await startRadvd(cell, run, options.served ?? SERVED, options.routeLifetimeSeconds ?? 20)
  const vms = new Set<Vm>()
  return {
    name: options.name,
    cell,
    radvd,
    ...startChurn(cell),
    async addVm(vm) {
      const started = await startVm(cell, `${directory}/${vm.name}`, run, vm)
      vms.add(started)
      return started
    },
    readSender: () => readSender(cell),
    async countAdvertsOut(tap) {
      const counters = await readFile(`/proc/${cell.pid}/net/dev_snmp6/${tap}`, 'utf8')
      return Number(/^Icmp6OutRouterAdvertisements\s+(\d+)$/m.exec(counters)?.[1])
    },
    runCollector: (collector) => startCollector(cell, run, collector),
    async dispose() {
      await Promise.all([cell.dispose(), ...[...vms].map((vm) => vm.dispose())])
      await releaseDirectory(directory)
    },
  }
}

/** /run and /sys are the hypervisor's own, so that no socket, namespace or interface of this machine shows in it. */
function setup(directory: string, { name, optmemMaxBytes = 20_480 }: HypervisorOptions): string[] {
  return [
    `mount -n --bind ${directory}/machine-id /etc/machine-id`,
    `mount -n --bind ${directory}/run /run`,
    'mount -n -t sysfs sysfs /sys',
    `hostname ${name}`,
    'ip link set lo up',
    'sysctl -qw net.ipv6.conf.all.forwarding=1',
    `if [ -e ${LIMIT} ]; then echo ${optmemMaxBytes} > ${LIMIT}; fi`,
  ]
}

const LIMIT = '/proc/sys/net/core/optmem_max'
const SERVED = [...Array.from({ length: 20 }, (_, index) => `tap${101 + index}`), ...nameTaps(400)]
