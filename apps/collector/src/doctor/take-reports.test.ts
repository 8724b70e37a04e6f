import type { Report, TapReport } from '@slashzero/contract/report'
import { goldenReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { takeReports } from './take-reports.ts'

const golden = goldenReport()

/** The golden report with only the changed taps of its first namespace, and its socket with this option memory. */
function make(tap: Partial<TapReport>, optmemBytes = 280): Report {
  const [first] = golden.namespaces
  if (first === undefined) throw new Error('the golden report has no namespace')
  const senders = first.senders.map((sender) =>
    Object.assign({}, sender, { sockets: sender.sockets.map((one) => Object.assign({}, one, { optmemBytes })) }),
  )
  return {
    ...golden,
    namespaces: [
      { ...first, senders, taps: first.taps.map((one) => Object.assign({}, one, { allRoutersUsers: 2 }, tap)) },
    ],
  }
}

test.each([
  { name: 'nothing needs a second look', report: make({}), patience: Infinity, waits: [] },
  { name: 'a tap is not joined', report: make({ allRoutersUsers: 1 }), patience: Infinity, waits: [3000] },
  { name: 'a socket is full', report: make({}, 20_440), patience: Infinity, waits: [3000] },
  {
    name: 'a solicitation is not answered',
    report: make({ routerSolicitsIn: 2, routerAdvertsOut: 0 }),
    patience: Infinity,
    waits: [10_500],
  },
  {
    name: 'a plugin has no time',
    report: make({ routerSolicitsIn: 2, routerAdvertsOut: 0 }),
    patience: 3000,
    waits: [3000],
  },
  {
    name: 'a tap that is down waits for nothing',
    report: make({ up: false, routerSolicitsIn: 2, routerAdvertsOut: 0 }),
    patience: Infinity,
    waits: [],
  },
])('$name: waits $waits', async ({ report, patience, waits }) => {
  const slept: number[] = []
  const said: number[] = []
  const reports = await takeReports({
    pass: async () => report,
    sleep: async (milliseconds) => void slept.push(milliseconds),
    patience,
    onWait: (milliseconds) => void said.push(milliseconds),
  })
  expect(slept).toEqual(waits)
  expect(said).toEqual(waits)
  expect(reports.length).toBe(waits.length + 1)
})
