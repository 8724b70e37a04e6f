import { showBytes } from '@slashzero/linux'
import type { Clock } from '../../clock.ts'
import type { FileIdentity, Kernel } from '../../io/kernel.ts'

/** The files of a daemon's configuration, in its own file system. Paths are byte text. */
export type ConfinedFiles<Content> = {
  /** Parses a file, or gives what it had where it has not changed since the last look. */
  readonly read: (path: string) => Promise<Content>
  /** Names of the files in a folder. */
  readonly list: (folder: string) => Promise<string[]>
  /** When the latest of those read was read and changed, in milliseconds; null where none was. */
  readonly latest: () => { readAt: number; changedAt: number } | null
}

type Entry<Content> = { identity: FileIdentity; readAt: number; content: Content | Error }

/** Call the function once for each look at the files below the folder `root`; what one look read makes the next one cheaper. */
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
        if (left < 0) throw new Error(`its configuration has more than ${MAX_BYTES} bytes`)
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
      return error instanceof Error ? error : new Error(String(error))
    }
  }
}

function checkPath(path: string): string {
  if (!path.startsWith('/'))
    throw new Error(`the configuration path ${showBytes(path)} is relative, and the daemon's working folder is unknown`)
  if (showBytes(path).length > MAX_PATH)
    throw new Error(`the path of its configuration has more than ${MAX_PATH} characters`)
  return path
}

const MAX_BYTES = 4 * 1024 * 1024
/** The contract's bound. */
const MAX_PATH = 255
