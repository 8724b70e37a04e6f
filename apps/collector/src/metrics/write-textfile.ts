import { closeSync, fchmodSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { messageOf } from '@slashzero/contract/report'
import type { Log } from '../log.ts'

export type Textfile = {
  /** Never throws: a problem with the file is logged when the problem changes. */
  readonly write: (text: string) => void
  readonly remove: () => void
}

/**
 * A file for node_exporter's textfile collector, readable by everybody. A rename puts the file in place, so that nobody
 * reads half a file; the draft is not `.prom`, so node_exporter ignores the draft.
 */
export function createTextfile(path: string, log: Log): Textfile {
  const draft = `${path}.tmp`
  let problem: string | null = null
  return {
    write(text) {
      try {
        replace(path, draft, text)
        if (problem !== null) log.info({ path }, 'the metrics textfile can be written again')
        problem = null
      } catch (error) {
        const message = messageOf(error)
        if (message !== problem)
          log.error(
            { path, error: message },
            'cannot write the metrics textfile; correct the path or its permissions, and give the service the drop-in textfile.conf',
          )
        problem = message
      }
    },
    remove() {
      for (const file of [draft, path]) {
        try {
          rmSync(file, { force: true })
        } catch (error) {
          log.warn({ file, error: messageOf(error) }, 'cannot remove the metrics textfile')
        }
      }
    },
  }
}

function replace(path: string, draft: string, text: string): void {
  rmSync(draft, { force: true })
  // The draft is created, never opened, because the owner of the folder could have put a link there.
  const descriptor = openSync(draft, 'wx', 0o644)
  try {
    fchmodSync(descriptor, 0o644)
    const bytes = Buffer.from(text)
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written)
  } finally {
    closeSync(descriptor)
  }
  renameSync(draft, path)
}
