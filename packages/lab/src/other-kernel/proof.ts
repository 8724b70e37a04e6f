import type { Report } from '@slashzero/contract/report'
import type { SenderReading } from '../optmem/read-sender.ts'

/** What was read of a hypervisor in a namespace of its own, whose radvd has filled its socket, on another kernel. */
export type Proof = {
  /** As `uname -r` says it. */
  readonly release: string
  /** Read by the lab, through pidfd_getfd. */
  readonly reading: SenderReading
  /** The collector's report of that machine from inside the hypervisor. */
  readonly inside: Report
  /** The same from outside, where the first network namespace is, which has a radvd too. */
  readonly outside: Report
  /** As `inside`, after sock_diag was taken from the kernel. */
  readonly withoutSockDiag: Report
}
