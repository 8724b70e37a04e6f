import type { Report } from '@slashzero/contract/report'
import { collectOnce } from '../collector/collect-once.ts'
import type { Hypervisor } from '../hypervisor/start.ts'
import type { Kernel } from '../qemu/prepare-kernel.ts'
import { startAgent } from '../qemu/start-agent.ts'
import type { LinuxMachine } from '../qemu/start.ts'

/** A hypervisor with one VM of QEMU's, which runs Linux and a guest agent and has its addresses and routes from radvd alone. */
export type GuestStage = {
  readonly hypervisor: Hypervisor
  readonly machine: LinuxMachine
  /** What the collector reports now of the VM's default route: by the guest agent, and from an off-link address. */
  check(): Promise<Report['routeChecks']>
}

/** Boots the VM on a hypervisor of the caller's, with which it ends. */
export async function startStage(hypervisor: Hypervisor, kernel: Kernel): Promise<GuestStage> {
  const machine = await hypervisor.bootLinux(kernel, { name: 'vm-101', tap: 'tap101' })
  await hypervisor.cell.run('ip', ['address', 'add', `${ON_LINK}/64`, 'dev', 'tap101', 'nodad'])
  await hypervisor.cell.run('ip', ['address', 'add', `${OFF_LINK}/128`, 'dev', 'lo'])
  await startAgent(machine)
  // An expired route is listed until the kernel collects it, within half a minute by itself: here when a situation asks for it.
  await machine.run('sysctl', ['-qw', 'net.ipv6.route.gc_interval=3600'])
  await machine.run('ip', ['link', 'set', 'eth0', 'up'])
  return {
    hypervisor,
    machine,
    async check() {
      // A VM that has just said something is one whose address the hypervisor knows.
      await machine.run('bash', ['-c', `echo hello > /dev/udp/${ON_LINK}/9`]).catch(() => {})
      const { routeChecks } = await collectOnce(hypervisor.cell, ['--off-link-source', OFF_LINK])
      return routeChecks
    },
  }
}

// The first is the router's, in the prefix that radvd gives tap101; of the second the VM knows nothing.
const ON_LINK = 'fd12:0:0:101::1'
const OFF_LINK = '2001:db8:ffff::1'
