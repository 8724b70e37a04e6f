/** What plays in machines of QEMU's, needs no server, and ends by itself: well where all was as it should be. */
export type Trial = {
  readonly sentence: string
  readonly play: (stage: TrialStage) => Promise<void>
  /** Whether it needs a radvd that leaks. */
  readonly needsLeak: boolean
}

export type TrialStage = {
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
  /** What the operator wants run, instead of what it would do otherwise; empty for nothing. */
  readonly command: readonly string[]
}
