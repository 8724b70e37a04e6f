import type { VmResource } from '@slashzero/contract/rest'
import Link from 'next/link'
import { memo } from 'react'
import { hypervisorWords } from '../../ui/words/status-words.ts'
import { DemoTag } from '../../ui/display/demo-tag.tsx'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'
import { hypervisorIcons, RouteBadge, toneText } from '../../ui/display/badge.tsx'
import { Name } from '../../ui/display/name.tsx'
import { describeWhy } from './describe-why.ts'
import { RouteCountdown } from './route-countdown.tsx'
import { RouteChecks } from './route-checks.tsx'

/** One VM. The row renders again only when the VM changes. */
export const VmRow = memo(function VmRow({ vm, withHypervisor }: { vm: VmResource; withHypervisor: boolean }) {
  const { route, tap } = vm
  const why = describeWhy(vm)
  return (
    <tr>
      <td data-wide className="md:max-w-76">
        <div className="flex min-w-0 items-center gap-2">
          <Link href={`/vms/${vm.id}`} prefetch={false} className="min-w-0 hover:underline">
            <Name className="font-medium">{vm.name}</Name>
          </Link>
          {withHypervisor && vm.demo && <DemoTag />}
        </div>
        {vm.uuid !== null && <Name className="font-mono text-[11.5px] text-faint">{vm.uuid}</Name>}
      </td>
      <td data-label={withHypervisor ? 'Hypervisor and tap' : 'Tap'} className="md:max-w-56">
        {withHypervisor && <HypervisorLink hypervisor={vm.hypervisor} />}
        {tap === null ? (
          <Absent>no tap known</Absent>
        ) : (
          <Name className="font-mono text-[12px] text-muted">{tap.name}</Name>
        )}
      </td>
      <td data-label="::/0">
        <RouteBadge status={route.status} />
      </td>
      <td data-label="Since">
        <Age at={route.since} as="duration" />
      </td>
      <td data-wide data-label="Why" className="md:max-w-[30rem] md:min-w-72">
        {why.length === 0 ? (
          <Absent>{route.status === 'ok' ? 'no problem' : 'not known'}</Absent>
        ) : (
          <Reasons texts={why} />
        )}
      </td>
      <td data-label="Found by" className="whitespace-nowrap">
        <RouteChecks route={route} />
      </td>
      <td data-label="Gateway and end" className="md:max-w-60">
        {route.gateway === null ? (
          <Absent>none</Absent>
        ) : (
          <Name className="font-mono text-[12px]">{route.gateway}</Name>
        )}
        {route.status === 'missing' && route.expiresAt !== null && (
          <p className="text-[12px] text-muted">
            expired <Age at={route.expiresAt} />
          </p>
        )}
        {vm.countdown !== null && <RouteCountdown countdown={vm.countdown} />}
      </td>
    </tr>
  )
})

function HypervisorLink({ hypervisor: { id, name, status, statusReason } }: Pick<VmResource, 'hypervisor'>) {
  const Icon = hypervisorIcons[status]
  const { label, tone } = hypervisorWords[status]
  return (
    <Link
      href={`/hypervisors/${id}`}
      prefetch={false}
      title={`${name}: ${label}. ${statusReason}`}
      className="flex min-w-0 items-center gap-1.5 hover:underline"
    >
      <Icon aria-hidden size={13} className={`shrink-0 ${toneText[tone]}`} />
      <span className="sr-only">{label}: </span>
      <Name>{name}</Name>
    </Link>
  )
}

function Reasons({ texts }: { texts: readonly string[] }) {
  return texts.map((text, index) => (
    <p key={text} title={text} className={`line-clamp-4 text-[12.5px] ${index === 0 ? '' : 'text-muted'}`}>
      {text}
    </p>
  ))
}
