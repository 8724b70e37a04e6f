import type { NamespaceReport, Report, RouteCheckMethod, TapReport } from '@slashzero/contract/report'
import type { Countdown, HypervisorState, RouteVerdict, SocketState, TapState } from '@slashzero/core'
import type { Ability } from './abilities.ts'

/** The state of a machine: `unknown` if everything seen is well but something that matters could not be seen. */
export type Status = 'healthy' | 'at-risk' | 'broken' | 'unknown'

/** What a command does. The lab test of commands runs each in a situation that prints it; see `situations`. */
export type Action =
  | 'raise-limit'
  | 'check'
  | 'reload'
  | 'restart-unit'
  | 'kill-in-router'
  | 'show-solicitations'
  | 'show-addresses'
  | 'show-entry'
  | 'show-guest'
  | 'show-log'
  | 'show-file-system'
  | 'turn-on-ipv6'
  | 'turn-on-forwarding'

/**
 * What to do, in order. `command` is for a root shell on the hypervisor unless `why` says otherwise; null if the step
 * is words alone.
 */
export type Step =
  | { readonly action: Action; readonly command: string; readonly why: string }
  | { readonly action: null; readonly command: null; readonly why: string }

/** One thing that is not as it should be. A `note` does not change the machine's status. */
export type Finding = {
  readonly level: Exclude<Status, 'healthy'> | 'note'
  /** What it is about: a sender, taps, VMs, this process. */
  readonly subject: string
  readonly problem: string
  /** Null if the cause is unknown, or if the problem names it. */
  readonly cause: string | null
  readonly steps: readonly Step[]
}

/** One sender socket. Unknown bytes and counts are null. */
export type SenderDiagnosis = Pick<
  SocketState,
  | 'daemon'
  | 'version'
  | 'pid'
  | 'startedAt'
  | 'executableDeleted'
  | 'inode'
  | 'method'
  | 'unmeasuredReason'
  | 'optmemBytes'
  | 'memberships'
  | 'liveMemberships'
  | 'staleMemberships'
  | 'staleInterfaceIndexes'
  /** How many of the deleted interfaces were found; the list is null until all are. */
  | 'staleInterfacesFound'
  /** How many more interfaces it can join. */
  | 'joinsLeft'
  | 'sendsBlocked'
> & {
  /** Why `staleMemberships` is null. */
  readonly staleUnknownReason: string | null
  /** From this option memory on, every Router Advertisement fails. */
  readonly sendsBlockedAtBytes: number | null
  readonly status: HypervisorState['status']
  readonly reason: string
}

export type TapDiagnosis = Omit<TapReport, 'vm'> & {
  readonly status: TapState['status']
  readonly reason: string
  /** Null if no VM was seen behind the tap. */
  readonly vm: string | null
}

export type NamespaceDiagnosis = Pick<NamespaceReport, 'id' | 'name' | 'optmemMaxBytes' | 'optmemMaxSource'> & {
  /** Whether doctor itself runs in it. */
  readonly own: boolean
  readonly senders: readonly SenderDiagnosis[]
  readonly taps: readonly TapDiagnosis[]
}

export type VmDiagnosis = {
  readonly name: string
  readonly uuid: string | null
  readonly taps: readonly string[]
  readonly route: {
    readonly status: RouteVerdict['status']
    readonly reason: string | null
    readonly cause: string | null
    readonly gateway: string | null
    readonly method: RouteCheckMethod | null
    /** Instants in UTC. */
    readonly checkedAt: string | null
    readonly expiresAt: string | null
    /** When the route ends if no advertisement comes, from the guest or from its taps; null if nothing tells. */
    readonly countdown: (Omit<Countdown, 'endsAt'> & { readonly endsAt: string }) | null
  }
}

/** The output of `doctor --json`. A later version may add fields; the fields of version 1 stay. */
export type Diagnosis = {
  readonly version: 1
  readonly status: Status
  /** One sentence. */
  readonly summary: string
  readonly observedAt: string
  readonly host: Pick<Report['host'], 'name' | 'kernel' | 'collectorVersion'>
  /** The option memory of one membership on this kernel; null if it could not be measured. */
  readonly membershipBytes: number | null
  /** Worst first. */
  readonly findings: readonly Finding[]
  readonly namespaces: readonly NamespaceDiagnosis[]
  readonly vms: readonly VmDiagnosis[]
  readonly abilities: readonly Ability[]
  /** What could not be read, and why. */
  readonly unread: readonly { readonly probe: string; readonly error: string }[]
}
