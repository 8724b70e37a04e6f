import type { TapResource } from '@slashzero/contract/rest'
import Link from 'next/link'
import { memo } from 'react'
import { formatNumber } from '../../ui/words/format-count.ts'
import { formatDuration } from '../../ui/words/format-duration.ts'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'
import { TapBadge } from '../../ui/display/badge.tsx'
import { InlineName, Name } from '../../ui/display/name.tsx'

/** One tap: the kernel's counters and the verdict. */
export const TapRow = memo(function TapRow({ tap, isHeard }: { tap: TapResource; isHeard: boolean }) {
  return (
    <tr>
      <td data-label="Tap" className="max-w-44">
        <Name className="font-mono text-[12.5px]">{tap.name}</Name>
        <p className="text-[12px] text-faint">
          ifindex {tap.ifindex}
          {tap.kind !== 'tap' && `, ${tap.kind}`}
        </p>
        {tap.countedOn != null && (
          <p className="text-[12px] text-faint">
            RS and RA are counted on <InlineName>{tap.countedOn}</InlineName>
          </p>
        )}
        {tap.namespace !== null && <Name className="text-[12px] text-faint">{tap.namespace}</Name>}
      </td>
      <td data-wide className="max-w-96 min-w-64">
        <TapBadge status={tap.status} />
        <p className="mt-1 text-[12.5px] text-muted">
          {tap.statusReason}{' '}
          <span className="text-faint">
            (for <Age at={tap.statusSince} as="duration" />)
          </span>
        </p>
        {tap.advertisements?.map((seen) => (
          <SeenAdvertisement key={`${seen.direction} ${seen.source}`} seen={seen} />
        ))}
        {isHeard && (tap.advertisements ?? []).length === 0 && (
          <p className="mt-1 text-[12px] text-faint">
            {tap.advertisements === null ? 'the collector could not listen for RAs here' : 'no RA seen yet'}
          </p>
        )}
      </td>
      <td data-label="VM" className="max-w-52">
        {tap.vm === null ? (
          <Absent>none found</Absent>
        ) : (
          <Link href={`/vms/${tap.vm.id}`} prefetch={false} className="hover:underline">
            <Name>{tap.vm.name}</Name>
          </Link>
        )}
      </td>
      <td data-right data-label="Joined users">
        <Counter value={tap.allRoutersUsers} />
      </td>
      <td data-label="Forwarding">
        {tap.forwarding === null ? (
          <Absent>not read</Absent>
        ) : tap.forwarding ? (
          'on'
        ) : (
          <span className="text-warn">off</span>
        )}
      </td>
      <td data-right data-label="RS in">
        <Counter value={tap.routerSolicitsIn} />
      </td>
      <td data-right data-label="RA out">
        <Counter value={tap.routerAdvertsOut} />
      </td>
      <td data-right data-label="RA in">
        <Counter value={tap.routerAdvertsIn} />
      </td>
      <td data-label="Link">
        {tap.up ? 'up' : <span className="text-warn">down</span>}
        <p className="text-[12px] text-faint">
          IPv6{' '}
          {tap.ipv6Disabled == null ? (
            <Absent>not read</Absent>
          ) : tap.ipv6Disabled ? (
            <span className="text-warn">off</span>
          ) : (
            'on'
          )}
        </p>
        {tap.linkLocals?.map(({ address, state }) => (
          <p key={address} className={`text-[12px] ${state === 'usable' ? 'text-faint' : 'text-warn'}`}>
            <InlineName>{address}</InlineName>
            {state === 'usable' ? '' : `, ${state}`}
          </p>
        ))}
        {tap.linkLocals?.length === 0 && <p className="text-[12px] text-warn">no link-local address</p>}
      </td>
    </tr>
  )
})

function SeenAdvertisement({ seen }: { seen: NonNullable<TapResource['advertisements']>[number] }) {
  const { source, direction, seenAt, routerLifetimeSeconds, sincePreviousSeconds, prefixes } = seen
  return (
    <p className="mt-1 text-[12px] text-faint">
      RA {direction} <Age at={seenAt} />: <InlineName>{source}</InlineName>, router lifetime{' '}
      {formatNumber(routerLifetimeSeconds)}&nbsp;s
      {sincePreviousSeconds !== null && <>, {formatDuration(sincePreviousSeconds * 1000)} after the previous RA</>}
      {prefixes.length > 0 && (
        <>
          , <InlineName>{prefixes.map(({ prefix }) => prefix).join(', ')}</InlineName>
        </>
      )}
    </p>
  )
}

function Counter({ value }: { value: number | null }) {
  return value === null ? <Absent>not read</Absent> : formatNumber(value)
}
