import type { ChildProcess } from 'node:child_process'
import { startCell } from '../cell/start.ts'
import { moveTap } from '../tap/move.ts'
import type { BareHypervisor } from './start.ts'
import type { BareVm } from './start-vm.ts'

export type BareGuest = {
  /** Runs a command in the guest to its end; out: its standard output. */
  run(...command: string[]): Promise<string>
  /** Starts a command in the guest, with a pipe for its standard output. */
  start(...command: string[]): ChildProcess
  remove(): Promise<void>
}

/**
 * Starts a guest and lays a cable from its interface `cable` to the tap of `vm`. The guest is beside the hypervisor,
 * not inside, so that the collector sees of it what it sees of a VM.
 */
export async function connectGuest(
  hypervisor: Pick<BareHypervisor, 'cell'>,
  vm: BareVm,
  tap: string,
  cable: string,
): Promise<BareGuest> {
  const guest = await startCell(['ip link set lo up'])
  await vm.ask('open', tap, cable)
  await moveTap(cable, hypervisor.cell, guest)
  await vm.ask('wire', tap, cable)
  await guest.run('sh', ['-ec', `sysctl -qw net.ipv6.conf.${cable}.accept_dad=0; ip link set ${cable} up`])
  return {
    run: (program = '', ...args) => guest.run(program, args),
    start: (program = '', ...args) => guest.spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] }),
    remove: () => guest.dispose(),
  }
}
