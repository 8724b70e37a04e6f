import { expect, test } from 'vitest'
import { stoppedClock } from '../testing/fake-clock.ts'
import { PASS_PROBES } from '@slashzero/contract/report'
import { recordRuns } from './record-runs.ts'

function record(deadline = 1000) {
  const clock = { now: 0 }
  return { clock, runs: recordRuns(stoppedClock({ monotonic: () => clock.now }), deadline) }
}

test('every probe has a run, even a probe with nothing to do', () => {
  const { runs } = record()
  expect(runs.list()).toEqual(
    PASS_PROBES.filter(({ name }) => name !== 'guest-routes').map(({ name }) => ({
      probe: name,
      outcome: 'ok',
      milliseconds: 0,
      error: null,
    })),
  )
})

test('a part that throws fails only its probe, with substitute and place', () => {
  const { clock, runs } = record()
  const result = runs.attempt(
    'links',
    () => {
      clock.now += 12.3456
      throw new Error('no answer')
    },
    'substitute',
    'qrouter-1',
  )
  expect(result).toBe('substitute')
  expect(runs.list().filter(({ outcome }) => outcome !== 'ok')).toEqual([
    { probe: 'links', outcome: 'failed', milliseconds: 12.35, error: 'qrouter-1: no answer' },
  ])
})

test('an asynchronous part is timed to its end', async () => {
  const { clock, runs } = record()
  const refused = runs.attemptAsync(
    'vms',
    async () => {
      await Promise.resolve()
      clock.now += 5
      throw new Error('gone')
    },
    [],
  )
  expect(await refused).toEqual([])
  expect(runs.list().find(({ probe }) => probe === 'vms')).toMatchObject({ milliseconds: 5, error: 'gone' })
})

test('a repeated problem appears once with its count, and a long list is cut', () => {
  const { runs } = record()
  for (const problem of ['a', 'a', 'b', 'c', 'd', 'e']) runs.failed('counters', problem)
  expect(runs.list().find(({ probe }) => probe === 'counters')?.error).toBe('a (2 times); b; c; and 2 more')
  runs.failed('vms', 'x'.repeat(1000))
  expect(runs.list().find(({ probe }) => probe === 'vms')?.error).toHaveLength(500)
})

test('a missing feature is absent, unless a part failed too', () => {
  const { runs } = record()
  runs.absent('senders', 'no IPv6')
  expect(runs.list().find(({ probe }) => probe === 'senders')).toMatchObject({ outcome: 'absent', error: 'no IPv6' })
  runs.failed('senders', 'broken')
  expect(runs.list().find(({ probe }) => probe === 'senders')).toMatchObject({ outcome: 'failed', error: 'broken' })
})

test('a probe is late once all its parts together have used its time', () => {
  const { clock, runs } = record(100)
  runs.attempt('counters', () => (clock.now += 60), 0)
  expect(runs.isLate('counters')).toBe(false)
  runs.attempt(
    'counters',
    () => {
      clock.now += 60
      expect(runs.isLate('counters')).toBe(true)
    },
    undefined,
  )
  expect(runs.list().find(({ probe }) => probe === 'counters')).toMatchObject({
    outcome: 'failed',
    milliseconds: 120,
    error: 'stopped after 100 ms, before everything was read',
  })
})
