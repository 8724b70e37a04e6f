import { findRadvdConf, parseRadvdConf, showBytes, splitCommandLine } from '@slashzero/linux'
import type { RadvdInterface } from '@slashzero/linux'
import type { NamespaceReport, SenderConfiguration, SenderReport } from '@slashzero/contract'
import { isRefusal } from '../io/kernel.ts'
import type { FileIdentity, Kernel } from '../io/kernel.ts'
import type { RunRecorder } from '../pass/record-runs.ts'
import { awaitAnswer, LATE, PATIENCE } from './await-answer.ts'

/** What is known of a daemon's file; `path` is byte text. */
type Known = {
  path: string
  file: { identity: FileIdentity; readAt: string; interfaces: SenderConfiguration['interfaces'] | { unusable: string } } | null
}

/**
 * Adds what senders are configured to say: radvd's file, named by its command line, in its own file system. It is read again when
 * it has changed. What a daemon has loaded may be older than its file, and cannot be asked. Of a file that names every interface there
 * might ever be, only those are reported on which a port is heard.
 */
export function createConfigurationReader(
  kernel: Kernel,
  now: () => number,
): (namespaces: readonly NamespaceReport[], runs: RunRecorder) => Promise<NamespaceReport[]> {
  let known = new Map<string, Known>()
  const hanging = new Set<string>()
  return async (namespaces, runs) => {
    const before = known
    known = new Map()
    const read = (sender: SenderReport): Promise<SenderConfiguration | null> => {
      const name = `${sender.daemon} (${sender.pid})`
      return runs.attemptSoon('configurations', () => readOne(sender, before, name, runs), null, name)
    }
    const configured: NamespaceReport[] = []
    for (const namespace of namespaces) {
      const listeners = new Set(namespace.taps.map(({ listener }) => listener))
      const senders: SenderReport[] = []
      for (const sender of namespace.senders) {
        const whole = sender.daemon === 'radvd' && !runs.isLate('configurations') ? await read(sender) : null
        const configuration = whole && { ...whole, interfaces: whole.interfaces.filter(({ name }) => listeners.has(name)) }
        senders.push({ ...sender, configuration })
      }
      configured.push({ ...namespace, senders })
    }
    return configured
  }

  async function readOne(sender: SenderReport, before: ReadonlyMap<string, Known>, name: string, runs: RunRecorder): Promise<SenderConfiguration | null> {
    const { pid, startedAt } = sender
    const key = `${pid}:${startedAt}`
    const answer = await awaitAnswer(key, hanging, () => look(before.get(key), pid))
    if (answer === 'gone') return null
    if (answer === LATE) {
      const kept = before.get(key)
      if (kept !== undefined) known.set(key, kept)
      runs.failed('configurations', `${name}: no answer within ${PATIENCE} ms; its file system hangs`)
      return null
    }
    known.set(key, answer)
    const { path, file } = answer
    if (file === null) return null
    const { readAt, interfaces } = file
    if ('unusable' in interfaces) {
      runs.failed('configurations', `${name}: ${interfaces.unusable}`)
      return null
    }
    const changed = file.identity.modifiedMilliseconds
    const changedAt = new Date(changed).toISOString()
    const newerThanProcess = startedAt === null ? null : changed > Date.parse(startedAt) + START_JITTER
    return { path: showBytes(path), readAt, changedAt, newerThanProcess, interfaces }
  }

  async function look(before: Known | undefined, pid: number): Promise<Known | 'gone'> {
    const root = `/proc/${pid}/root`
    try {
      const path = before?.path ?? findRadvdConf(splitCommandLine(await kernel.readTextSoon(`/proc/${pid}/cmdline`)))
      if (!path.startsWith('/')) throw new Error(`its configuration is ${showBytes(path)}, and where that is from is not known`)
      if (showBytes(path).length > LONGEST_PATH) throw new Error(`the path of its configuration has more than ${LONGEST_PATH} characters`)
      const { identity, text } = await kernel.readConfined(root, path, before?.file?.identity ?? null)
      if (text === null && before !== undefined) return before
      return { path, file: { identity, readAt: new Date(now()).toISOString(), interfaces: parse(text ?? '', path) } }
    } catch (error) {
      // Only the process's own entries are there as long as it is.
      if (isRefusal(error, 'ENOENT', 'ESRCH') && error.call.startsWith(`/proc/${pid}/`)) return 'gone'
      if (isRefusal(error, 'EACCES', 'EPERM') && error.call === root) throw new Error(`${error.message}: needs CAP_SYS_PTRACE`, { cause: error })
      throw error
    }
  }
}

/** The start of a process is known to a second or so. */
const START_JITTER = 1000
/** The contract's bounds. */
const MOST_INTERFACES = 20_000
const MOST_PREFIXES = 256
const LONGEST_PATH = 255

function parse(text: string, path: string): SenderConfiguration['interfaces'] | { unusable: string } {
  try {
    const interfaces = parseRadvdConf(text, showBytes(path))
    if (interfaces.length > MOST_INTERFACES) return { unusable: `${showBytes(path)} has more than ${MOST_INTERFACES} interfaces` }
    return interfaces.map(report)
  } catch (error) {
    return { unusable: error instanceof Error ? error.message : String(error) }
  }
}

function report(one: RadvdInterface): SenderConfiguration['interfaces'][number] {
  const { sendsAdverts, unicastOnly, minIntervalSeconds, maxIntervalSeconds, routerLifetimeSeconds } = one
  return {
    name: showBytes(one.name),
    sendsAdverts,
    unicastOnly,
    minIntervalSeconds,
    maxIntervalSeconds,
    routerLifetimeSeconds,
    prefixes: one.prefixes.slice(0, MOST_PREFIXES).map(({ prefix, onLink, autonomous, validLifetimeSeconds, preferredLifetimeSeconds }) => {
      return { prefix, onLink, autonomous, validLifetimeSeconds: end(validLifetimeSeconds), preferredLifetimeSeconds: end(preferredLifetimeSeconds) }
    }),
  }
}

function end(seconds: number): number | null {
  return Number.isFinite(seconds) ? seconds : null
}
