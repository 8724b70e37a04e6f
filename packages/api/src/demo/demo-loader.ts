/** Runs the process that sends the demo fleet; the composition root provides it. */
export type DemoLoader = {
  /** The progress of the last load; `idle` without a load, or after success. */
  readonly status: () => DemoLoad
  /** Starts to load, and replaces the process of an earlier load. */
  readonly start: (enrolmentToken: string) => Promise<void>
  /** Ends the process; resolves when it is gone. */
  readonly stop: () => Promise<void>
}

export type DemoLoad =
  | { readonly state: 'idle' }
  /** `progress` is the completed share, 0 to 1; null before the first message of the process. */
  | { readonly state: 'loading'; readonly progress: number | null }
  | { readonly state: 'failed'; readonly error: string }
