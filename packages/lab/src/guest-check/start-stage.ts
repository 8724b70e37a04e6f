import type { Report } from '@slashzero/contract/report'
import { collectOnce } from '../collector/collect-once.ts'
import type { Hypervisor } from '../hypervisor/start.ts'
import type { Kernel } from '../qemu/prepare-kernel.ts'
import { startAgent } from '../qemu/start-agent.ts'
import type { LinuxMachine } from '../qemu/start.ts'

/** A hypervisor with one QEMU VM that runs Linux and a guest agent. All its addresses and routes come from radvd. */
export type GuestStage = {
  readonly hypervisor: Hypervisor
  readonly machine: LinuxMachine
  /** The collector's current report about the VM's default route: by the guest agent, and from an off-link address. */
  check(): Promise<Report['routeChecks']>
}

/** Boots the VM on the caller's hypervisor, and ends with the hypervisor. */
export async function startStage(hypervisor: Hypervisor, kernel: Kernel): Promise<GuestStage> {
  const machine = await hypervisor.bootLinux(kernel, { name: 'vm-101', tap: 'tap101' })
  await hypervisor.cell.run('ip', ['address', 'add', `${ON_LINK}/64`, 'dev', 'tap101', 'nodad'])
  await hypervisor.cell.run('ip', ['address', 'add', `${OFF_LINK}/128`, 'dev', 'lo'])
  await startAgent(machine)
  // The kernel removes an expired route within half a minute by itself; here a situation decides when.
  await machine.run('sysctl', ['-qw', 'net.ipv6.route.gc_interval=3600'])
  await machine.run('ip', ['link', 'set', 'eth0', 'up'])
  return {
    hypervisor,
    machine,
    async check() {
      // The hypervisor knows the address of a VM that has just sent a packet.
      await machine.run('bash', ['-c', `echo hello > /dev/udp/${ON_LINK}/9`]).catch(() => {})
      const { routeChecks } = await collectOnce(hypervisor.cell, ['--off-link-source', OFF_LINK])
      return routeChecks
    },
  }
}

// The first is the router's, in the prefix that radvd gives tap101; the VM knows nothing about the second.
const ON_LINK = 'fd12:0:0:101::1'
const OFF_LINK = '2001:db8:ffff::1'
