import { showBytes } from '@slashzero/linux'
import { toError } from '@slashzero/contract/report'
import type { Clock } from '../../clock.ts'
import type { FileIdentity, Kernel } from '../../io/kernel.ts'

/** The files of a daemon's configuration, in its own file system. Paths are byte text. */
export type ConfinedFiles<Content> = {
  /** Parses a file; reuses the last result if the file has not changed. */
  readonly read: (path: string) => Promise<Content>
  /** Names of the files in a folder. */
  readonly list: (folder: string) => Promise<string[]>
  /** The latest reading and the latest change of all files read, in milliseconds; null if no file was read. */
  readonly latest: () => { readAt: number; changedAt: number } | null
}

type Entry<Content> = { identity: FileIdentity; readAt: number; content: Content | Error }

/**
 * Call the returned function once for each look at the files below the folder `root`. A look reuses the results of the
 * last look.
 */
export function createConfinedFiles<Content>(
  kernel: Kernel,
  root: string,
  clock: Clock,
  parse: (text: string, file: string) => Content,
): () => ConfinedFiles<Content> {
  let known = new Map<string, Entry<Content>>()
  return () => {
    const before = known
    const seen = new Map<string, Entry<Content>>()
    known = seen
    let left = MAX_BYTES
    return {
      list: (folder) => kernel.listConfined(root, checkPath(folder)),
      read: async (path) => {
        const kept = before.get(checkPath(path))
        const { identity, text } = await kernel.readConfined(root, path, kept?.identity ?? null)
        left -= text?.length ?? 0
        if (left < 0) throw new Error(`the configuration has more than ${MAX_BYTES} bytes`)
        const entry =
          text === null && kept !== undefined
            ? kept
            : { identity, readAt: clock.wall(), content: attempt(text ?? '', path) }
        seen.set(path, entry)
        if (entry.content instanceof Error) throw entry.content
        return entry.content
      },
      latest: () => {
        const entries = [...seen.values()]
        if (entries.length === 0) return null
        const latest = (times: number[]) => times.reduce((one, other) => Math.max(one, other))
        return {
          readAt: latest(entries.map(({ readAt }) => readAt)),
          changedAt: latest(entries.map(({ identity }) => identity.modifiedMilliseconds)),
        }
      },
    }
  }

  function attempt(text: string, path: string): Content | Error {
    try {
      // Copy kept substrings so that V8 frees the source text.
      return structuredClone(parse(text, showBytes(path)))
    } catch (error) {
      return toError(error)
    }
  }
}

function checkPath(path: string): string {
  if (!path.startsWith('/'))
    throw new Error(`the configuration path ${showBytes(path)} is relative, and the daemon's working folder is unknown`)
  if (showBytes(path).length > MAX_PATH)
    throw new Error(`the path of the configuration has more than ${MAX_PATH} characters`)
  return path
}

const MAX_BYTES = 4 * 1024 * 1024
/** The contract's bound. */
const MAX_PATH = 255
