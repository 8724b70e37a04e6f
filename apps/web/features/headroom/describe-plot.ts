import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatCount } from '../../ui/words/format-count.ts'
import { usedOf, type HeadroomPlot } from './plot-headroom.ts'

/** What the chart shows, in words: what is used now, of what, and how it came about. */
export function describePlot(plot: HeadroomPlot): string {
  const { latest, highest, restarts, gaps } = plot
  const used = latest && usedOf(latest)
  if (latest === null || used === null) return 'Option memory was not measured in this time.'
  const limit = latest.limit === null ? 'a limit that is not known' : formatBytes(latest.limit)
  const parts = [`${formatBytes(used)} of ${limit} used at last`]
  if (latest.stale !== null) parts.push(`${formatBytes(latest.stale)} of it by stale memberships`)
  if (highest !== null && highest > used) parts.push(`at most ${formatBytes(highest)}`)
  if (restarts.length > 0) parts.push(formatCount(restarts.length, 'restart'))
  const silent = gaps.filter(({ kind }) => kind === 'no-report').length
  if (silent > 0) parts.push(`${formatCount(silent, 'gap')} without a report`)
  if (gaps.some(({ kind }) => kind === 'not-measured')) parts.push('not measured for some of it')
  return `${parts.join('; ')}.`
}
