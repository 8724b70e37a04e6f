import type { VmTally } from '@slashzero/contract/page'
import { formatCapped, formatCount } from '../../ui/words/format-count.ts'
import type { VmView } from './read-vm-view.ts'

type Words = { readonly one: string; readonly many: string; readonly none: string; readonly title: string }

const words: Record<VmView['route'], Words> = {
  missing: { one: ' has no ::/0', many: ' have no ::/0', none: ' is known to be without ::/0', title: ' missing ::/0' },
  expiring: {
    one: ' will lose ::/0 unless an advertisement renews it',
    many: ' will lose ::/0 unless an advertisement renews it',
    none: ' is about to lose ::/0',
    title: ' about to lose ::/0',
  },
  dark: {
    one: ' will lose ::/0, and nothing can renew it',
    many: ' will lose ::/0, and nothing can renew it',
    none: ' is known to lose ::/0 next',
    title: ' going dark',
  },
  unknown: {
    one: ' could not be checked for ::/0',
    many: ' could not be checked for ::/0',
    none: ' is unknown',
    title: ' unknown',
  },
  ok: { one: ' has ::/0', many: ' have ::/0', none: ' is known to have ::/0', title: ' with ::/0' },
  all: { one: ' in all', many: ' in all', none: ' has been seen', title: '' },
}

/** How many VMs of a search have each status of the list. */
export function countsOf({ route: { missing, expiring, unknown, ok }, goesDark }: VmTally) {
  return { missing, expiring, unknown, ok, dark: goesDark, all: missing + expiring + unknown + ok }
}

/** The VM list in one sentence, which says if a filter narrows the list. */
export function describeVms(tally: VmTally, { route, query }: VmView): string {
  const isNarrowed = query.search !== undefined || query.hypervisor !== undefined
  const { one, many, none } = words[route]
  const total = countsOf(tally)[route]
  if (total === 0) return `No VM${isNarrowed ? ' that matches' : ''}${none}.`
  const matching = isNarrowed ? (total === 1 ? ' that matches' : ' that match') : ''
  const vms = total === 1 ? '1 VM' : `${formatCapped(total, tally.max)} VMs`
  const where = route === 'missing' ? ` on ${hypervisorsOf(tally)}` : ''
  return `${vms}${matching}${where}${total === 1 ? one : many}.`
}

/** The title of the page in the browser's tab. */
export function titleOfVms(tally: VmTally | null, { route }: VmView): string {
  const total = tally && countsOf(tally)[route]
  const count =
    tally === null || total === null
      ? 'VMs'
      : total === 0
        ? 'No VMs'
        : total === 1
          ? '1 VM'
          : `${formatCapped(total, tally.max)} VMs`
  return `${count}${words[route].title} · Slashzero`
}

/** VMs that were not counted may be on more hypervisors. */
function hypervisorsOf({ hypervisorsWithMissing, route, max }: VmTally): string {
  const isCut = max !== null && route.missing >= max
  return `${isCut ? 'at least ' : ''}${formatCount(hypervisorsWithMissing, 'hypervisor')}`
}
