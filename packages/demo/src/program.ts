import { fileURLToPath } from 'node:url'

export type DemoOptions = {
  readonly server: string
  readonly enrolmentToken: string
  readonly hypervisors: number
}

/** The arguments for Node that load the demo fleet and keep reporting: `main.ts` with its options. */
export function demoArguments({ server, enrolmentToken, hypervisors }: DemoOptions): readonly string[] {
  return [
    fileURLToPath(new URL('./main.ts', import.meta.url)),
    '--live',
    `--hypervisors=${hypervisors}`,
    `--server=${server}`,
    `--enrolment-token=${enrolmentToken}`,
  ]
}

/** How many reports of the total are sent. */
export type DemoProgress = { readonly done: number; readonly total: number }

/** Reads one line of the program's output; null if the line is not progress. */
export function readDemoProgress(line: string): DemoProgress | null {
  const [, done, total] = /^\{"done":(\d+),"total":(\d+)\}$/.exec(line) ?? []
  return done === undefined || total === undefined || total === '0'
    ? null
    : { done: Number(done), total: Number(total) }
}

/** Writes the line that `readDemoProgress` reads. */
export function writeDemoProgress({ done, total }: DemoProgress): string {
  return JSON.stringify({ done, total })
}
