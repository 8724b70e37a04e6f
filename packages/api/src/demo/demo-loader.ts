/** Runs the process that loads the demo fleet; the composition root provides it. */
export type DemoLoader = {
  /** How the load that was started last stands; `idle` where none was, or where it ended well. */
  readonly status: () => DemoLoad
  /** Starts loading unless a load is under way. */
  readonly start: (enrolmentToken: string) => void
}

export type DemoLoad =
  | { readonly state: 'idle' }
  /** `progress` is the share that is done, 0 to 1; null before the first word from the process. */
  | { readonly state: 'loading'; readonly progress: number | null }
  | { readonly state: 'failed'; readonly error: string }
