import { expect, test } from 'vitest'
import { stoppedClock } from '../testing/fake-clock.ts'
import { createFailureTeller } from './tell-failures.ts'

const MINUTE = 60_000

function follow() {
  const lines: string[] = []
  let clock = 0
  const tell = createFailureTeller(
    {
      info: (_, message) => void lines.push(message),
      warn: (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`),
    },
    stoppedClock({ monotonic: () => clock }),
  )
  return (minute: number, ...failed: string[]): string[] => {
    clock = minute * MINUTE
    tell({
      runs: ['links', 'vms'].map((probe) => ({
        probe,
        outcome: failed.includes(probe) ? 'failed' : 'ok',
        milliseconds: 1,
        error: failed.includes(probe) ? 'no' : null,
      })),
    })
    return lines.splice(0)
  }
}

const said = (probe: string) => `could not read everything {"probe":"${probe}","error":"no"}`

test('logs each failure when it begins, and the end of all failures once', () => {
  const pass = follow()
  expect(pass(0)).toEqual([])
  expect(pass(1, 'links')).toEqual([said('links')])
  expect(pass(2, 'links', 'vms')).toEqual([said('vms')])
  expect(pass(90, 'vms')).toEqual([])
  expect(pass(91)).toEqual(['everything can be read again'])
  expect(pass(92)).toEqual([])
})

test('a flapping probe gets two lines in ten minutes; a lasting failure is logged', () => {
  const pass = follow()
  const flapping = Array.from({ length: 18 }, (_, half) => pass(half / 2, ...(half % 2 === 0 ? ['links'] : [])))
  expect(flapping.flat()).toEqual([said('links'), 'everything can be read again'])
  expect([pass(9.5, 'links'), pass(10.5, 'links'), pass(600, 'links')].flat()).toEqual([said('links')])
})
