import type { DashboardVm, FleetRow } from '@slashzero/contract/page'
import { formatCount } from '../../ui/words/format-count.ts'
import { formatDuration, formatUntil } from '../../ui/words/format-duration.ts'

type Countdown = NonNullable<DashboardVm['countdown']>

/**
 * When a route ends, in words: the end itself, what averts it, and what the figure rests on.
 * @param now the server's clock in milliseconds
 */
export function describeCountdown(
  { endsAt, basis, renewable }: Countdown,
  now: number,
): { end: string; basis: string } {
  const at = Date.parse(endsAt)
  const unless = renewable ? ' unless an advertisement comes' : ', and nothing can renew it'
  const most = basis === 'guest' ? '' : 'at the latest '
  if (at <= now)
    return { end: `ended ${most}${formatDuration(now - at)} ago, if nothing renewed it`, basis: bases[basis] }
  return { end: `ends ${most}${formatUntil(at, now)}${unless}`, basis: bases[basis] }
}

const bases: Record<Countdown['basis'], string> = {
  guest: 'The VM itself says so.',
  seen: 'Counted from the last Router Advertisement that was seen on its tap. If the VM did not hear that one, its route ends sooner.',
  configured:
    'Counted from the last Router Advertisement that went out on its tap, with the lifetime that its sender is configured to advertise. If the VM did not hear that one, its route ends sooner.',
}

/** When the VMs of a blocked hypervisor lose their routes, in words; null where none is known to. */
export function describeDark(goesDark: FleetRow['goesDark'], now: number): string | null {
  if (goesDark === null) return null
  const [first, last] = [Date.parse(goesDark.firstAt), Date.parse(goesDark.lastAt)]
  const vms = formatCount(goesDark.vms, 'VM')
  if (last <= now) return `the ::/0 of ${vms} should have ended by now`
  const until = formatUntil(last, now)
  if (goesDark.vms === 1) return `1 VM goes dark ${until} at the latest`
  const from = first <= now ? 'now' : formatUntil(first, now)
  return from === until
    ? `${vms} go dark ${until} at the latest`
    : `${vms} go dark, the first ${from} and the last ${until} at the latest`
}
