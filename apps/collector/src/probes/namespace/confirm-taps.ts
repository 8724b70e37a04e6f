import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { within } from './list-namespaces.ts'
import type { Tap } from './read-taps.ts'
import { listLinks } from './survey-namespace.ts'
import type { Survey } from './survey-namespace.ts'

/**
 * The taps whose holder is uncertain. Processes name the taps that they have open, and the pass reads these names after
 * the interfaces. A tap that was renamed or replaced in between has lost its name to another tap. Reads the interfaces
 * of the namespaces with `fresh` names again; taps with other names had a holder in an earlier pass.
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
