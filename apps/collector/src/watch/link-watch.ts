import type { ProbeRun, Report } from '@slashzero/contract/report'
import type { Namespace } from '../probes/namespace/list-namespaces.ts'

/** Watches over interfaces between the passes, and says when the next pass should not wait for its turn. */
export type LinkWatch = {
  /** Aborted once a pass is wanted early; another one after each pass. */
  readonly wanted: () => AbortSignal
  /** Watches these namespaces and no others, each entered by its entrance. To be called in every pass. */
  readonly follow: (namespaces: readonly Namespace[]) => void
  /** How the watching went since it was last asked, for the report under way. */
  readonly takeRun: () => ProbeRun
  /** A pass that began at `beganAt` has ended, with this report or none. */
  readonly passed: (report: Report | null, beganAt: number) => void
  readonly stop: () => Promise<void>
}
