import type { HypervisorState, TapState, Transition, VmState } from '../state.ts'

/** Every tap and VM that came, went or changed its verdict. `at` is when the later state was observed. */
export function recordTransitions(
  previous: Pick<HypervisorState, 'taps' | 'vms'>,
  next: Pick<HypervisorState, 'taps' | 'vms'>,
  at: number,
  gone: string,
): Transition[] {
  // A tap may change its status within one condition, which began earlier.
  const readTap = ({ status, statusReason }: TapState): Verdict => ({ status, reason: statusReason, since: at })
  const readVm = ({ route }: VmState): Verdict => route
  return [
    ...changes({ subject: 'tap', before: previous.taps, after: next.taps, read: readTap }, at, gone),
    ...changes({ subject: 'vm', before: previous.vms, after: next.vms, read: readVm }, at, gone),
  ]
}

type Verdict = { readonly status: string; readonly reason: string | null; readonly since: number }

type Subjects<Thing> = {
  readonly subject: 'tap' | 'vm'
  readonly before: readonly Thing[]
  readonly after: readonly Thing[]
  readonly read: (thing: Thing) => Verdict
}

function changes<Thing extends TapState | VmState>(
  { subject, before, after, read }: Subjects<Thing>,
  at: number,
  gone: string,
): Transition[] {
  const left: Transition[] = []
  const moved: Transition[] = []
  const compare = (was: Thing | undefined, is: Thing) => {
    if (was === is) return
    const from = was === undefined ? null : read(was).status
    const { status: to, reason, since } = read(is)
    if (from !== to) moved.push({ at: since, subject, key: is.key, from, to, reason })
  }
  const same = countAligned(before, after)
  for (let index = 0; index < same; index += 1) {
    const is = after[index]
    if (is !== undefined) compare(before[index], is)
  }
  if (same === before.length && same === after.length) return moved

  const known = new Map(before.slice(same).map((thing) => [thing.key, thing]))
  for (const is of after.slice(same)) {
    compare(known.get(is.key), is)
    known.delete(is.key)
  }
  for (const was of known.values())
    left.push({ at, subject, key: was.key, from: read(was).status, to: null, reason: gone })
  return [...left, ...moved]
}

/** How many things stand at the same place in both lists, from the first on. */
function countAligned(before: readonly { readonly key: string }[], after: readonly { readonly key: string }[]): number {
  const end = Math.min(before.length, after.length)
  let index = 0
  while (index < end && before[index]?.key === after[index]?.key) index += 1
  return index
}
