import type { VmDetail } from '@slashzero/contract/page'
import type { RouteStatus } from '@slashzero/contract/rest'
import { describeWhy } from '../route/describe-why.ts'
import { routeWords } from '../../ui/words/status-words.ts'
import { Age } from '../../ui/display/age.tsx'
import { RouteBadge } from '../../ui/display/badge.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Statement } from '../../ui/display/statement.tsx'
import { Trail } from '../../ui/display/trail.tsx'
import { describeClaims } from './describe-claims.ts'

const headlines: Record<RouteStatus, string> = {
  missing: 'has no ::/0',
  expiring: 'will lose ::/0 unless an advertisement renews it',
  unknown: 'could not be checked for ::/0',
  ok: 'has ::/0',
}

/** Whether the VM has ::/0, since when, why, and who else reports the VM. */
export function VmSentence({ vm, claims }: Pick<VmDetail, 'vm' | 'claims'>) {
  const { name, route } = vm
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
        For <Age at={route.since} as="duration" />.{' '}
        {[...describeWhy(vm), ...describeClaims(claims)].map((text) => text.replace(/\.?$/, '.')).join(' ')}
      </Statement>
    </div>
  )
}
