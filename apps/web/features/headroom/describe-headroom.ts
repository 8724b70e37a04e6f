import type { HeadroomFigures } from '@slashzero/contract/rest'
import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'

export type HeadroomDescription = {
  /** Shares of the limit, 0 to 1, for the bar; null if the use or the limit is not known. */
  readonly bar: { readonly live: number; readonly stale: number; readonly unsplit: number } | null
  /** The line below the bar. */
  readonly text: string
  /** Everything in words, for readers who do not see the bar. */
  readonly words: string
  /** The stale share of all memberships, 0 to 1. */
  readonly staleShare: number | null
}

/** A socket's headroom as a bar and in words. An unknown figure is named, never drawn as zero. */
export function describeHeadroom(headroom: HeadroomFigures): HeadroomDescription {
  const { memberships, staleMemberships } = headroom
  const text = textOf(headroom)
  return {
    bar: barOf(headroom),
    text,
    words: wordsOf(headroom, text),
    staleShare: memberships === null || staleMemberships === null ? null : shareOf(staleMemberships, memberships),
  }
}

function barOf({
  optmemBytes,
  optmemMaxBytes,
  memberships,
  staleMemberships,
}: HeadroomFigures): HeadroomDescription['bar'] {
  if (optmemBytes === null || optmemMaxBytes === null) return null
  const used = shareOf(optmemBytes, optmemMaxBytes)
  if (memberships === null || staleMemberships === null) return { live: 0, stale: 0, unsplit: used }
  const stale = used * shareOf(staleMemberships, memberships)
  return { live: used - stale, stale, unsplit: 0 }
}

function textOf({ optmemBytes, optmemMaxBytes, memberships, staleMemberships, joinsLeft }: HeadroomFigures): string {
  if (optmemBytes === null) return 'not measured'
  if (memberships === null) {
    return optmemMaxBytes === null
      ? formatBytes(optmemBytes)
      : `${formatBytes(optmemBytes)} of ${formatBytes(optmemMaxBytes)}`
  }
  const capacity = joinsLeft === null ? '' : ` of ${formatNumber(memberships + joinsLeft)}`
  if (staleMemberships === null) return `${formatNumber(memberships)}${capacity} joined, stale not known`
  return `${formatNumber(memberships - staleMemberships)} live + ${formatNumber(staleMemberships)} stale${capacity}`
}

function wordsOf({ optmemBytes, optmemMaxBytes, joinsLeft }: HeadroomFigures, text: string): string {
  if (optmemBytes === null) return 'Option memory not measured'
  const limit = optmemMaxBytes === null ? 'limit not known' : `of ${formatBytes(optmemMaxBytes)}`
  const left = joinsLeft === null ? 'joins left not known' : `${formatCount(joinsLeft, 'join')} left`
  return `Memberships: ${text}; ${left}; ${formatBytes(optmemBytes)} ${limit} used`
}

function shareOf(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole))
}
