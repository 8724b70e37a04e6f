import { useState } from 'react'
import { useTimeZone } from '../../connection/use-time-zone.tsx'
import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatInstant, nameZone } from '../../ui/words/format-instant.ts'
import { usedOf, type HeadroomPlot } from './plot-headroom.ts'
import { Absent } from '../../ui/display/absent.tsx'
import { Column, Columns, Table } from '../../ui/display/table.tsx'

/** The chart's figures as a table, latest first. The table is made when the reader opens it. */
export function HeadroomFigures({ plot }: { plot: HeadroomPlot }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="border-t border-line" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="px-4 py-2.5 text-[13px] text-muted hover:text-ink">Show the figures as a table</summary>
      {isOpen && <FigureTable plot={plot} />}
    </details>
  )
}

function FigureTable({ plot }: { plot: HeadroomPlot }) {
  const zone = useTimeZone()
  const rows = plot.rows.filter((row, index) => row.limit !== null && row.at !== plot.rows[index - 1]?.at).toReversed()
  return (
    <div className="max-h-80 overflow-auto">
      <Table
        label="Option memory over time"
        className="w-full text-right text-[12.5px] [&_td]:px-4 [&_td]:py-1 [&_th]:px-4 [&_th]:py-1.5 [&_th]:text-muted"
      >
        <Columns>
          <Column className="text-left font-medium">Time, {nameZone(plot.to, zone)}</Column>
          <Column className="font-medium">Live</Column>
          <Column className="font-medium">Stale</Column>
          <Column className="font-medium">Used</Column>
          <Column className="font-medium">Sends blocked from</Column>
          <Column className="font-medium">Limit</Column>
        </Columns>
        <tbody>
          {rows.map((row) => (
            <tr key={row.at} className="border-t border-line">
              <td className="text-left whitespace-nowrap">{formatInstant(row.at, plot.to, zone)}</td>
              {[row.live, row.stale, usedOf(row), row.sendsBlocked, row.limit].map((bytes, column) => (
                // oxlint-disable-next-line react/no-array-index-key -- the columns keep their order
                <td key={column}>{bytes === null ? <Absent>not known</Absent> : formatBytes(bytes)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  )
}
