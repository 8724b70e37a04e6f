import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type Cell, startCell } from '../cell/start.ts'
import { type CollectorOptions, startCollector } from '../collector/start.ts'
import { claimDirectory, releaseDirectory } from '../leftover/claim.ts'
import type { Kernel } from '../qemu/prepare-kernel.ts'
import { type LinuxMachine, type Machine, type MachineOptions, startFirmware, startLinux } from '../qemu/start.ts'
import { readSender, readSenders, type SenderReading } from '../optmem/read-sender.ts'
import { startContainer } from '../place/container.ts'
import { ownPlace, type Place, prepareNetwork } from '../place/place.ts'
import { startRouter } from '../place/router.ts'
import type { Daemon } from '../sender/daemon.ts'
import { startDnsmasq } from '../sender/dnsmasq.ts'
import { type Radvd, startRadvd } from '../sender/radvd.ts'
import { nameTaps, startChurn } from '../tap/churn.ts'
import { bringUp } from '../tap/hold.ts'
import { startVm, type Vm, type VmOptions } from '../vm/start.ts'

export type HypervisorOptions = {
  /** Its host name, and the name of its folder. */
  name: string
  /** `net.core.optmem_max` in it, 20480 unless given. Before Linux 6.8 the machine's own limit holds instead. */
  optmemMaxBytes?: number
  /** AdvDefaultLifetime, 20 unless given: how long a guest keeps its route after the last advertisement. */
  routeLifetimeSeconds?: number
  /** MaxRtrAdvInterval of radvd, 4 unless given; the shortest is three quarters of it. */
  advertIntervalSeconds?: number
  /** The interfaces that radvd.conf names; tap101 to tap120 and tap1001 to tap1400 unless given. */
  served?: readonly string[]
  /** What sends Router Advertisements, radvd alone unless given. dnsmasq serves every tap. */
  senders?: readonly Daemon['name'][]
  /**
   * Where taps and senders are: in the hypervisor's own namespace unless given, in a router's of neutron, or in a
   * container.
   */
  place?: 'own' | 'router' | 'container'
}

type WiredMachine = MachineOptions & { tap: string }

export type Hypervisor = {
  readonly name: string
  readonly cell: Cell
  /** The place of its taps and senders. */
  readonly place: Place
  /** Throws if the hypervisor runs no radvd. */
  readonly radvd: Radvd
  readonly senders: readonly Daemon[]
  addVm(options: VmOptions): Promise<Vm>
  /** Starts a QEMU VM that runs only its firmware, as {@link startFirmware} does, and brings its tap up. */
  bootFirmware(options: WiredMachine): Promise<Machine>
  /** Starts a QEMU VM that runs Linux, as {@link startLinux} does, and brings its tap up. */
  bootLinux(kernel: Kernel, options: WiredMachine): Promise<LinuxMachine>
  /** Creates the taps tap1001, tap1002 … and keeps them. Resolves when each sender has joined on all taps that fit. */
  addTaps(count: number): Promise<void>
  /** Creates taps as {@link addTaps} does, and deletes them. */
  churn(count: number): Promise<void>
  /** Closes persistent taps and opens them again: the taps stay, as on platforms that make taps once. */
  replug(count: number): Promise<void>
  /** The kernel's view of the only sender's socket, read without the collector; null while there is no socket. */
  readSender(): Promise<SenderReading | null>
  readSenders(): Promise<SenderReading[]>
  /** Router Advertisements sent on a tap since its creation. */
  countAdvertsOut(tap: string): Promise<number>
  runCollector(options: CollectorOptions): Promise<void>
  /** Removes the hypervisor, also from the disk. */
  dispose(): Promise<void>
}

/**
 * Makes a hypervisor: for a collector inside, a whole machine whose taps radvd serves. It ends with this process at the
 * latest and then leaves only files in /run/slashzero-lab.
 */
export async function startHypervisor(options: HypervisorOptions): Promise<Hypervisor> {
  const directory = `${await claimDirectory()}/${options.name}`
  const run = `${directory}/run`
  await mkdir(`${run}/netns`, { recursive: true })
  await writeFile(`${directory}/machine-id`, `${randomBytes(16).toString('hex')}\n`)
  const cell = await startCell(setup(directory, options))
  const place = await startPlace(cell, options)
  const network = place.cell
  const lifetime = options.routeLifetimeSeconds ?? 20
  const addressed = options.senders?.includes('dnsmasq') ?? false
  const senders: Daemon[] = []
  let radvd: Radvd | null = null
  for (const sender of options.senders ?? ['radvd']) {
    if (sender === 'radvd')
      senders.push(
        (radvd = await startRadvd(place, run, options.served ?? SERVED, lifetime, options.advertIntervalSeconds)),
      )
    else senders.push(await startDnsmasq(place, run, lifetime))
  }
  const vms = new Set<{ dispose(): Promise<void> }>()
  async function wire<Some extends Machine>(tap: string, starting: Promise<Some>): Promise<Some> {
    const machine = await starting
    vms.add(machine)
    await bringUp(cell, [tap])
    return machine
  }
  return {
    name: options.name,
    cell,
    place,
    get radvd() {
      if (radvd === null) throw new Error(`${options.name} runs no radvd.`)
      return radvd
    },
    senders,
    ...startChurn(place.holders, addressed),
    async addVm(vm) {
      const started = await startVm(cell, `${directory}/${vm.name}`, run, { network, addressed, ...vm })
      vms.add(started)
      return started
    },
    bootFirmware: (machine) => wire(machine.tap, startFirmware(cell, machine)),
    bootLinux: (kernel, machine) => wire(machine.tap, startLinux(cell, run, kernel, machine)),
    readSender: () => readSender(network),
    readSenders: () => readSenders(network),
    async countAdvertsOut(tap) {
      const counters = await readFile(`/proc/${network.pid}/net/dev_snmp6/${tap}`, 'utf8')
      return Number(/^Icmp6OutRouterAdvertisements\s+(\d+)$/m.exec(counters)?.[1])
    },
    runCollector: (collector) => startCollector(cell, run, collector),
    async dispose() {
      await Promise.all([cell.dispose(), ...[...vms].map((vm) => vm.dispose())])
      await releaseDirectory(directory)
    },
  }
}

function startPlace(
  cell: Cell,
  { place = 'own', optmemMaxBytes = LIMIT_BYTES }: HypervisorOptions,
): Place | Promise<Place> {
  switch (place) {
    case 'own':
      return ownPlace(cell)
    case 'router':
      return startRouter(cell, optmemMaxBytes)
    case 'container':
      return startContainer(cell, optmemMaxBytes)
    default:
      return place satisfies never
  }
}

/** /run and /sys belong to the hypervisor, so that it sees no socket, namespace or interface of this machine. */
function setup(directory: string, { name, place, optmemMaxBytes = LIMIT_BYTES }: HypervisorOptions): string[] {
  return [
    `mount -n --bind ${directory}/machine-id /etc/machine-id`,
    `mount -n --bind ${directory}/run /run`,
    'mount -n -t sysfs sysfs /sys',
    // The folder of neutron.
    ...(place === 'router' ? ['mount -n -t tmpfs lib /var/lib'] : []),
    `hostname ${name}`,
    ...prepareNetwork(optmemMaxBytes),
  ]
}

const LIMIT_BYTES = 20_480
const SERVED = [...Array.from({ length: 20 }, (_, index) => `tap${101 + index}`), ...nameTaps(400)]
