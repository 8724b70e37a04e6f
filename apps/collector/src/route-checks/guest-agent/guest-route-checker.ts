import type { RouteCheckReport } from '@slashzero/contract/report'
import type { Clock, Sleep } from '../../clock.ts'

/**
 * A VM as the hypervisor knows it. `agentSocketPath` is the host's end of the guest agent channel; null without a
 * channel.
 */
export type GuestVm = {
  readonly name: string
  readonly uuid: string | null
  readonly pid: number
  readonly agentSocketPath: string | null
}

export type GuestRouteCheckerOptions = {
  /** The maximum time of the check of one VM, and of one call of `check`. */
  readonly deadlineMilliseconds: number
  readonly clock: Clock
  /** Waits for the deadlines. Default: real time. */
  readonly sleep?: Sleep
  /** The minimum time between two checks of one VM. Default 12 s, so that a pass every 15 s checks every VM. */
  readonly intervalMilliseconds?: number | undefined
  /** The maximum of conversations at once. Default 32, and the same number for VMs that have not answered yet. */
  readonly concurrency?: number
  /** Paths of libvirt's socket; the first existing path is used. Default: libvirt's own paths. */
  readonly libvirtSockets?: readonly string[] | undefined
}

export type GuestRouteChecker = {
  /**
   * One report for each VM, in the order given; never rejects. Checks due VMs until the deadline or an aborted
   * `patience`. A VM without an answer is reported with its last answer. VMs no longer listed are forgotten.
   */
  readonly check: (vms: readonly GuestVm[], patience?: AbortSignal) => Promise<RouteCheckReport[]>
  /** Ends every conversation under way. */
  readonly close: () => void
}
