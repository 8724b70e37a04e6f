/** Runs the process that sends the demo fleet; the composition root provides it. */
export type DemoLoader = {
  /** How the load that was started last stands; `idle` where none was, or where it has ended well. */
  readonly status: () => DemoLoad
  /** Starts loading, in place of a process that still reports for an earlier load. */
  readonly start: (enrolmentToken: string) => Promise<void>
  /** Ends the process; resolves when it is gone. */
  readonly stop: () => Promise<void>
}

export type DemoLoad =
  | { readonly state: 'idle' }
  /** `progress` is the share that is done, 0 to 1; null before the first word from the process. */
  | { readonly state: 'loading'; readonly progress: number | null }
  | { readonly state: 'failed'; readonly error: string }
