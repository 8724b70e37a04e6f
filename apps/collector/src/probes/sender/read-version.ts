import type { NamespaceReport, SenderReport } from '@slashzero/contract/report'
import { SystemError } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import { awaitAnswer, NoAnswer } from '../await-answer.ts'

/**
 * Adds the version of each RA daemon from the bytes of its executable; null without a version text. `/proc/PID/exe` is
 * the running executable even after an upgrade; a container's file system may hang.
 */
export function createVersionReader(
  kernel: Kernel,
): (namespaces: readonly NamespaceReport[]) => Promise<NamespaceReport[]> {
  let known = new Map<string, string | null>()
  const hanging = new Set<string>()
  return async (namespaces) => {
    const before = known
    const next = new Map<string, string | null>()
    known = next
    const versioned: NamespaceReport[] = []
    for (const namespace of namespaces) {
      const senders: SenderReport[] = []
      for (const sender of namespace.senders) {
        const { daemon, pid, startedAt } = sender
        const key = `${daemon}:${pid}:${startedAt}`
        const version = before.has(key) ? before.get(key) : await readVersion(daemon, pid, key)
        if (version !== undefined) next.set(key, version)
        senders.push({ ...sender, version: version ?? null })
      }
      versioned.push({ ...namespace, senders })
    }
    return versioned
  }

  /** Undefined if a later pass may find the version. */
  async function readVersion(daemon: string, pid: number, key: string): Promise<string | null | undefined> {
    const pattern = PATTERNS[daemon]
    if (pattern === undefined) return null
    try {
      const executable = await awaitAnswer(key, hanging, () => kernel.readTextAsync(`/proc/${pid}/exe`))
      return executable instanceof NoAnswer ? undefined : findVersion(executable, pattern)
    } catch (error) {
      // The process ended or belongs to another user: the socket's probes say so.
      return error instanceof SystemError ? undefined : null
    }
  }
}

const PATTERNS: Record<string, RegExp> = {
  radvd: /(?<=\0)\d+\.\d+(?:\.\d+)?(?:[._-]?rc\d+)?(?=\0)/g,
  dnsmasq: /(?<=\0dnsmasq-)\d[\w.+-]*(?=\0)/g,
  bird: /(?<=\0BIRD version )\d[\w.+-]*/g,
}

/** Null if the executable has two different versions, because either may be the program's version. */
function findVersion(executable: string, pattern: RegExp): string | null {
  const found = new Set(executable.match(pattern))
  return found.size === 1 ? ([...found][0] ?? null) : null
}
