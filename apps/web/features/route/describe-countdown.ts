import type { VmResource } from '@slashzero/contract/rest'
import type { FleetRow } from '@slashzero/contract/page'
import { formatCount } from '../../ui/words/format-count.ts'
import { formatDuration, formatUntil } from '../../ui/words/format-duration.ts'

type Countdown = NonNullable<VmResource['countdown']>

/**
 * When a route ends, in words: the end, what can renew the route, and the basis of the figure.
 * @param now the server's clock in milliseconds
 */
export function describeCountdown(
  { endsAt, basis, renewable }: Countdown,
  now: number,
): { end: string; basis: string } {
  const at = Date.parse(endsAt)
  const unless = renewable ? ' unless an advertisement comes' : ', and nothing can renew it'
  const latest = basis === 'guest' ? '' : 'at the latest '
  if (at <= now)
    return { end: `ended ${latest}${formatDuration(now - at)} ago, if nothing renewed it`, basis: bases[basis] }
  return { end: `ends ${latest}${formatUntil(at, now)}${unless}`, basis: bases[basis] }
}

const bases: Record<Countdown['basis'], string> = {
  guest: 'The VM itself reports this time.',
  seen: 'Counted from the last Router Advertisement seen on the VM’s tap. If the VM did not receive it, the route ends sooner.',
  configured:
    'Counted from the last Router Advertisement sent on the VM’s tap, with the lifetime in the sender’s configuration. If the VM did not receive it, the route ends sooner.',
}

/** When the VMs of a blocked hypervisor lose their routes, in words; null if none is known. */
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
