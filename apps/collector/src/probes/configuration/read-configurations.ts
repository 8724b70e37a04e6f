import { ShapeError, splitCommandLine } from '@slashzero/linux'
import { toReason } from '@slashzero/contract/report'
import type { NamespaceReport, SenderConfiguration, SenderReport } from '@slashzero/contract/report'
import type { Clock } from '../../clock.ts'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { awaitAnswer, NoAnswer } from '../await-answer.ts'
import { LOADERS } from './load-configuration.ts'
import type { Configuration, Loader } from './load-configuration.ts'

/**
 * The listeners of the taps of a namespace, of interfaces that are taps if a configuration names them, and the MTU of
 * interfaces by name.
 */
export type ListenersOf = (namespace: number) => {
  heard: ReadonlySet<string>
  unjoined: ReadonlySet<string>
  mtus: ReadonlyMap<string, number>
}

/**
 * Adds each sender's configuration, from its command line and its own file system; a running daemon may use an older
 * one. Only for interfaces on which a tap is heard, because a configuration can name interfaces that do not exist yet.
 */
export function createConfigurationReader(
  kernel: Kernel,
  clock: Clock,
): (namespaces: readonly NamespaceReport[], listeners: ListenersOf, runs: RunRecorder) => Promise<NamespaceReport[]> {
  let known = new Map<string, Loader>()
  const hanging = new Set<string>()
  /** The reasons why senders refuse their configurations, by pid. */
  const refusals = new Map<number, string>()
  return async (namespaces, listenersOf, runs) => {
    const before = known
    known = new Map()
    refusals.clear()
    const configured: NamespaceReport[] = []
    for (const namespace of namespaces) {
      const listeners = listenersOf(namespace.id)
      const senders: SenderReport[] = []
      for (const sender of namespace.senders) {
        const name = `${sender.daemon} (${sender.pid})`
        const read = () => readOne(sender, listeners, before, name, runs)
        const readable = LOADERS.has(sender.daemon) && !runs.isLate('configurations')
        const configuration = readable ? await runs.attemptAsync('configurations', read, null, name) : null
        const refused = refusals.get(sender.pid)
        senders.push({ ...sender, configuration, ...(refused !== undefined && { configurationError: refused }) })
      }
      configured.push({ ...namespace, senders })
    }
    return configured
  }

  async function readOne(
    sender: SenderReport,
    { heard, unjoined, mtus }: ReturnType<ListenersOf>,
    before: ReadonlyMap<string, Loader>,
    name: string,
    runs: RunRecorder,
  ): Promise<SenderConfiguration | null> {
    const { pid, startedAt, version } = sender
    const key = `${pid}:${startedAt}:${version}`
    const current = known
    const kept = before.get(key)
    if (kept !== undefined) current.set(key, kept)
    const answer = await awaitAnswer(key, hanging, () => look(kept, sender, (load) => current.set(key, load)))
    if (answer === 'gone') return null
    if (answer instanceof NoAnswer) {
      runs.failed('configurations', `${name}: ${answer.reason}`)
      return null
    }
    const { path, latest, configure, namesInterfaces } = answer
    const named = namesInterfaces ? configure(unjoined, mtus).filter(({ sendsAdverts }) => sendsAdverts) : []
    const readAt = new Date(latest?.readAt ?? clock.wall()).toISOString()
    // A command line has the age of its process.
    const changedAt = latest === null ? (startedAt ?? readAt) : new Date(latest.changedAt).toISOString()
    const newerThanProcess =
      startedAt === null ? null : latest !== null && latest.changedAt > Date.parse(startedAt) + START_JITTER
    return { path, readAt, changedAt, newerThanProcess, interfaces: [...configure(heard, mtus), ...named] }
  }

  /** `keep` receives the loader for the next look, even if this look fails. */
  async function look(
    before: Loader | undefined,
    { daemon, pid, version }: SenderReport,
    keep: (load: Loader) => void,
  ): Promise<Configuration | 'gone'> {
    const root = `/proc/${pid}/root`
    const prepare = (args: readonly string[]): Loader => {
      const loader = LOADERS.get(daemon)
      if (loader === undefined) throw new Error(`the collector cannot read a configuration of ${daemon}`)
      return loader(kernel, args, root, clock, version)
    }
    try {
      const load = before ?? prepare(splitCommandLine(await kernel.readTextAsync(`/proc/${pid}/cmdline`)))
      keep(load)
      return await load()
    } catch (error) {
      // Only entries of the process itself vanish with the process.
      if (isRefusal(error, 'ENOENT', 'ESRCH') && error.call.startsWith(`/proc/${pid}/`)) return 'gone'
      if (isRefusal(error, 'EACCES', 'EPERM') && error.call === root)
        throw new Error(`${error.message}: needs CAP_SYS_PTRACE`, { cause: error })
      if (error instanceof ShapeError) refusals.set(pid, toReason(error.message))
      throw error
    }
  }
}

/** The start of a process is known to about a second. */
const START_JITTER = 1000
