import type { Report } from '@slashzero/contract/report'
import type { SenderReading } from '../optmem/read-sender.ts'

/** Readings of a hypervisor with a full radvd socket, in its own namespace, on another kernel. */
export type Proof = {
  /** The output of `uname -r`. */
  readonly release: string
  /** Read by the lab, through pidfd_getfd. */
  readonly reading: SenderReading
  /** The collector's report from inside the hypervisor. */
  readonly inside: Report
  /** The report from outside, in the first network namespace, which has a radvd too. */
  readonly outside: Report
  /** The report from inside after sock_diag was removed from the kernel. */
  readonly withoutSockDiag: Report
}
