import type { Clock, Sleep } from '../clock.ts'

/** What the program gives to each command. */
export type Runtime = { readonly version: string; readonly clock: Clock; readonly sleep: Sleep }
