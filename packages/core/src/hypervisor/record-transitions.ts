import type { HypervisorState, TapState, Transition, VmState } from '../state.ts'

/** Every tap and VM that came, went or changed its verdict. `at` is when the later state was observed. */
export function recordTransitions(
  previous: Pick<HypervisorState, 'taps' | 'vms'>,
  next: Pick<HypervisorState, 'taps' | 'vms'>,
  at: number,
  gone: string,
): Transition[] {
  return [
    ...changes('tap', previous.taps.map(tapVerdict), next.taps.map(tapVerdict), at, gone),
    ...changes('vm', previous.vms.map(vmVerdict), next.vms.map(vmVerdict), at, gone),
  ]
}

type Verdict = { readonly key: string; readonly status: string; readonly reason: string | null; readonly since: number }

function tapVerdict(tap: TapState): Verdict {
  return { key: tap.key, status: tap.status, reason: tap.statusReason, since: tap.statusSince }
}

function vmVerdict(vm: VmState): Verdict {
  return { key: vm.key, status: vm.route.status, reason: vm.route.reason, since: vm.route.since }
}

function changes(
  subject: 'tap' | 'vm',
  before: readonly Verdict[],
  after: readonly Verdict[],
  at: number,
  gone: string,
): Transition[] {
  const was = new Map(before.map((verdict) => [verdict.key, verdict.status]))
  const is = new Set(after.map((verdict) => verdict.key))
  const left = before
    .filter(({ key }) => !is.has(key))
    .map(({ key, status }): Transition => ({ at, subject, key, from: status, to: null, reason: gone }))
  const moved = after
    .filter(({ key, status }) => was.get(key) !== status)
    .map(({ key, status, reason, since }): Transition => ({
      // A tap may change its status within one condition, which began earlier.
      at: subject === 'tap' ? at : since,
      subject,
      key,
      from: was.get(key) ?? null,
      to: status,
      reason,
    }))
  return [...left, ...moved]
}
