import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatCount } from '../../ui/words/format-count.ts'
import { usedOf, type HeadroomPlot } from './plot-headroom.ts'

/** The chart in words: the last figures, the limit, and how the use came about. */
export function describePlot(plot: HeadroomPlot): string {
  const { latest, highest, restarts, gaps } = plot
  const used = latest && usedOf(latest)
  if (latest === null || used === null) return 'Option memory was not measured in this range.'
  const limit = latest.limit === null ? 'an unknown limit' : formatBytes(latest.limit)
  const parts = [`${formatBytes(used)} of ${limit} used at the last measurement`]
  if (latest.stale !== null) parts.push(`${formatBytes(latest.stale)} by stale memberships`)
  if (highest !== null && highest > used) parts.push(`maximum ${formatBytes(highest)}`)
  if (restarts.length > 0) parts.push(formatCount(restarts.length, 'restart'))
  const silent = gaps.filter(({ kind }) => kind === 'no-report').length
  if (silent > 0) parts.push(`${formatCount(silent, 'gap')} without a report`)
  if (gaps.some(({ kind }) => kind === 'not-measured')) parts.push('not measured at times')
  return `${parts.join('; ')}.`
}
