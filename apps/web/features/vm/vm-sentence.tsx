import type { RouteStatus } from '@slashzero/contract/rest'
import type { DashboardVm } from '@slashzero/contract/page'
import { routeWords } from '../../ui/words/status-words.ts'
import { Age } from '../../ui/display/age.tsx'
import { RouteBadge } from '../../ui/display/badge.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Statement } from '../../ui/display/statement.tsx'
import { Trail } from '../../ui/display/trail.tsx'

const headlines: Record<RouteStatus, string> = {
  missing: 'has no ::/0',
  expiring: 'will lose ::/0 unless an advertisement renews it',
  unknown: 'could not be checked for ::/0',
  ok: 'has ::/0',
}

/** Whether the VM has ::/0, since when, and why. */
export function VmSentence({ vm }: { vm: DashboardVm }) {
  const { name, route, cause } = vm
  const why = [cause, route.reason].filter((text, index, all) => text !== null && all.indexOf(text) === index)
  return (
    <div>
      <Trail list={{ href: '/vms', name: 'VMs' }} of={vm}>
        <RouteBadge status={route.status} />
      </Trail>
      <Statement
        tone={routeWords[route.status].tone}
        headline={
          <>
            <InlineName>{name}</InlineName> {headlines[route.status]}.
          </>
        }
      >
        For <Age at={route.since} as="duration" />. {why.map((text) => text?.replace(/\.?$/, '.')).join(' ')}
      </Statement>
    </div>
  )
}
