import type { RouteCheckReport } from '@slashzero/contract/report'
import type { Clock } from '../../clock.ts'

/** A VM as the hypervisor knows it. `agentSocketPath` is the host's end of its guest agent channel, null where it has none. */
export type GuestVm = {
  readonly name: string
  readonly uuid: string | null
  readonly pid: number
  readonly agentSocketPath: string | null
}

export type GuestRouteCheckerOptions = {
  /** The longest one VM's check, and one call of `check`, may take. */
  readonly deadlineMilliseconds: number
  readonly clock: Clock
  /** The least time between two checks of one VM. Default 12 s, so that a pass every 15 s checks every VM every time. */
  readonly intervalMilliseconds?: number | undefined
  /** How many agents are spoken to at once. Default 32, and as many again for VMs that have not answered yet. */
  readonly concurrency?: number
  /** Where libvirt listens; default its own places. The first that is there is used. */
  readonly libvirtSockets?: readonly string[] | undefined
}

export type GuestRouteChecker = {
  /**
   * One report for each VM, in the order given; never rejects. Checks the VMs that are due and waits for them until the
   * deadline, or until `patience` ends; a VM that is not due, backs off or has not ended yet is reported with its last
   * answer and that answer's `checkedAt`. VMs that are no longer listed are forgotten.
   */
  readonly check: (vms: readonly GuestVm[], patience?: AbortSignal) => Promise<RouteCheckReport[]>
  /** Ends every conversation under way. */
  readonly close: () => void
}
