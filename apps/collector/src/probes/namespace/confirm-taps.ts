import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { within } from './list-namespaces.ts'
import type { Tap } from './read-taps.ts'
import { listLinks } from './read-links.ts'
import type { Survey } from './survey-namespace.ts'

/**
 * The taps whose holder is uncertain, because a tap was renamed or replaced after the interfaces were read. Reads the
 * namespaces with `fresh` names again; other names had a holder in an earlier pass.
 */
export function confirmTaps(
  kernel: Kernel,
  surveys: readonly Survey[],
  fresh: ReadonlySet<string>,
  runs: RunRecorder,
): ReadonlySet<Tap> {
  const doubtful = new Set<Tap>()
  for (const { namespace, taps } of surveys) {
    const asked = taps.filter(({ kind, byteName }) => kind === 'tap' && fresh.has(byteName))
    if (asked.length === 0) continue
    const ask = (): Map<number, string> => new Map(listLinks(kernel).map(({ ifindex, name }) => [ifindex, name]))
    const names = runs.attempt('links', () => within(kernel, namespace, ask), null, namespace.name ?? undefined)
    for (const tap of asked) if (names?.get(tap.ifindex) !== tap.byteName) doubtful.add(tap)
  }
  return doubtful
}
