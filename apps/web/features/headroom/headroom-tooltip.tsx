import type { ReactNode } from 'react'
import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatCount } from '../../ui/words/format-count.ts'
import { formatInstantInFull } from '../../ui/words/format-instant.ts'
import { usedOf, type PlotRow } from './plot-headroom.ts'

/** The figures at the pointer, in bytes and in memberships. */
export function HeadroomTooltip({
  row,
  membershipBytes,
  zone,
}: {
  row: PlotRow
  membershipBytes: number | null
  zone: string
}) {
  const used = usedOf(row)
  const withCount = (bytes: number) =>
    membershipBytes === null
      ? formatBytes(bytes)
      : `${formatBytes(bytes)}, ${formatCount(Math.floor(bytes / membershipBytes), 'membership')}`
  return (
    <div className="w-max max-w-72 rounded-md border border-line-strong bg-panel px-3 py-2 text-[12.5px] text-ink shadow-lg">
      <p className="font-medium">{formatInstantInFull(row.at, zone)}</p>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3">
        {row.live !== null && <Figure name="Live">{withCount(row.live)}</Figure>}
        {row.stale !== null && <Figure name="Stale">{withCount(row.stale)}</Figure>}
        <Figure name="Used">{used === null ? 'not measured' : formatBytes(used)}</Figure>
        {row.sendsBlocked !== null && <Figure name="Sends blocked from">{formatBytes(row.sendsBlocked)}</Figure>}
        {row.limit !== null && <Figure name="Limit">{formatBytes(row.limit)}</Figure>}
      </dl>
    </div>
  )
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="text-right">{children}</dd>
    </>
  )
}
