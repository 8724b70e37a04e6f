import type { ProbeRun, Report } from '@slashzero/contract/report'
import type { Namespace } from '../probes/namespace/list-namespaces.ts'

/** Watches interfaces between the passes, and asks for an early pass. */
export type LinkWatch = {
  /** A signal that is aborted when an early pass is wanted; each pass gets a new signal. */
  readonly wanted: () => AbortSignal
  /** Watches these namespaces and no others. Call it in every pass. */
  readonly follow: (namespaces: readonly Namespace[]) => void
  /** The run of the probe since the last call, for the report under way. */
  readonly takeRun: () => ProbeRun
  /** Notes the end of a pass that began at `beganAt`; `report` is null if the pass failed. */
  readonly passed: (report: Report | null, beganAt: number) => void
  readonly stop: () => Promise<void>
}
