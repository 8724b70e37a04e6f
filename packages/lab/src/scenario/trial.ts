/** Plays in QEMU machines, needs no server, and ends by itself: with success if all was as expected. */
export type Trial = {
  readonly sentence: string
  readonly play: (stage: TrialStage) => Promise<void>
  /** Whether it needs a radvd that leaks. */
  readonly needsLeak?: boolean
}

export type TrialStage = {
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
  /** The operator's command to run instead; empty for the trial itself. */
  readonly command: readonly string[]
}
