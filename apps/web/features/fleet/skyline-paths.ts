import type { FleetSkyline } from '@slashzero/contract/page'
import { describeHeadroom, type HeadroomDescription } from '../headroom/describe-headroom.ts'

type Column = FleetSkyline['columns'][number]

export type Skyline = {
  readonly columns: readonly { readonly hypervisor: Column; readonly text: string }[]
  /** One path for all columns of a kind, in columns across and in `height` down. */
  readonly paths: Readonly<Record<'live' | 'stale' | 'unsplit' | 'unmeasured', string>>
}

/** The share of the height that an unmeasured column has, so that it is visible. */
const UNMEASURED = 0.06

/** Draws the columns as four paths, because a browser draws four shapes faster than a thousand. */
export function drawSkyline(columns: readonly Column[], height: number): Skyline {
  const gap = columns.length > 400 ? 0 : 0.18
  const paths = { live: '', stale: '', unsplit: '', unmeasured: '' }
  const described = columns.map((hypervisor, index) => {
    const { bar, text } = describeHeadroom(hypervisor)
    const box = (from: number, to: number) => boxOf(index + gap / 2, 1 - gap, height * (1 - to), height * (1 - from))
    for (const [kind, from, to] of partsOf(bar)) if (to > from) paths[kind] += box(from, to)
    return { hypervisor, text }
  })
  return { columns: described, paths }
}

/** The parts of a column from its foot upwards, as shares of the limit. */
function partsOf(bar: HeadroomDescription['bar']): readonly (readonly [keyof Skyline['paths'], number, number])[] {
  if (bar === null) return [['unmeasured', 0, UNMEASURED]]
  const { live, stale, unsplit } = bar
  return [
    ['live', 0, live],
    ['stale', live, live + stale],
    ['unsplit', 0, unsplit],
  ]
}

function boxOf(x: number, width: number, top: number, bottom: number): string {
  return `M${round(x)} ${round(bottom)}V${round(top)}h${round(width)}V${round(bottom)}z`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
