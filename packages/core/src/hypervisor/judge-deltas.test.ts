import { isDeepStrictEqual } from 'node:util'
import { applyDelta, makeDelta, report, type Report } from '@slashzero/contract/report'
import { buildHistory, createSeededRandom } from '@slashzero/contract/testing'
import { assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import type { HypervisorState } from '../state.ts'
import { judgeReport } from './judge-report.ts'

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** Judges the reports in turn; each receives the report that the server held before. */
function judgeAll(history: readonly Report[], receive: (held: Report | null, next: Report) => Report) {
  let held: Report | null = null
  let state: HypervisorState | null = null
  return history.map((next) => {
    held = receive(held, next)
    const judgement = judgeReport(state, held, Date.parse(next.sentAt))
    state = judgement.state
    return judgement
  })
}

test('no verdict, transition or sample of a history differs if its reports come as deltas', () => {
  assert(
    property(integer(), integer({ min: 1, max: 10 }), (seed, wholeEach) => {
      const history = buildHistory(createSeededRandom(seed), 60)
      let received = 0
      const whole = judgeAll(history, (_, next) => report.parse(overTheWire(next)))
      const changed = judgeAll(history, (held, next) => {
        const before = history[received - 1]
        received += 1
        if (held === null || before === undefined || received % wholeEach === 0) return report.parse(overTheWire(next))
        return applyDelta(held, overTheWire({ ...makeDelta('base', before, next), sentAt: next.sentAt }))
      })
      const differing = whole.findIndex((one, index) => !isDeepStrictEqual(changed[index], one))
      expect(changed[differing]).toEqual(whole[differing])
      expect(differing).toBe(-1)
    }),
    { numRuns: 20 },
  )
})
