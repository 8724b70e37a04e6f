import { isFull } from '@slashzero/core'
import type { Report } from '@slashzero/contract/report'
import { judgeAll } from './diagnose.ts'

export type TakeOptions = {
  readonly pass: () => Promise<Report>
  readonly sleep: (milliseconds: number) => Promise<unknown>
  /** The longest wait for a second look, in milliseconds. */
  readonly patience: number
  /** Told before each wait, with its reason. */
  readonly onWait: (milliseconds: number, reason: string) => void
}

/** Looks at the machine, and looks again if only time can tell. */
export async function takeReports({ pass, sleep, patience, onWait }: TakeOptions): Promise<[Report, ...Report[]]> {
  const first = await pass()
  const need = findNeed(first)
  if (need === null) return [first]
  const milliseconds = Math.min(patience, need.milliseconds)
  onWait(milliseconds, need.reason)
  await sleep(milliseconds)
  return [first, await pass()]
}

/** Core calls a solicitation unanswered after ten seconds. */
const ANSWER_MILLISECONDS = 10_500
/** A sender joins about a second after its tap comes up, and an advertisement under way is charged to its socket. */
const SETTLE_MILLISECONDS = 3000

function findNeed(first: Report): { milliseconds: number; reason: string } | null {
  const { taps, sockets } = judgeAll(first, [])
  if (taps.some((tap) => tap.up && tap.status === 'served' && tap.unanswered !== null)) {
    return { milliseconds: ANSWER_MILLISECONDS, reason: 'whether solicitations are answered' }
  }
  if (taps.some((tap) => tap.status === 'not-joined'))
    return { milliseconds: SETTLE_MILLISECONDS, reason: 'whether taps that are not joined were merely new' }
  if (sockets.some(isFull)) {
    return { milliseconds: SETTLE_MILLISECONDS, reason: 'whether the socket stays full' }
  }
  return null
}
