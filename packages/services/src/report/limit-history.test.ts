import type { Sample, Transition } from '@slashzero/core'
import { expect, test } from 'vitest'
import { createHistoryLimit } from './limit-history.ts'

const MINUTE = 60_000

function setUp() {
  const clock = { now: 0 }
  const logged: object[] = []
  const log = { info: () => {}, warn: (fields: object) => void logged.push(fields), error: () => {} }
  const limit = createHistoryLimit({ now: () => clock.now, log })
  /** Returns how many rows of a change are kept. */
  function write(id: string, transitions: number, samples = 0) {
    const kept = limit.take({ id, transitions: many(transitions, transition), samples: many(samples, sample) })
    limit.add(kept)
    return { transitions: kept.transitions.map(({ subject }) => subject).join(), samples: kept.samples.length }
  }
  return { clock, logged, write }
}

const many = <Thing>(length: number, thing: Thing) => Array.from({ length }, () => thing)
const transition: Transition = { at: 0, subject: 'vm', key: 'v', from: null, to: 'present', reason: null }
const sample: Sample = {
  at: 0,
  socketKey: 's',
  daemon: 'radvd',
  pid: 1,
  namespaceName: null,
  optmemBytes: 1,
  optmemMaxBytes: 2,
  liveMemberships: 1,
  staleMemberships: 0,
  membershipBytes: 56,
}

test('the reboot of 2,000 VMs and a day of unsent reports fit into the history', () => {
  const { write, logged } = setUp()
  for (let nth = 0; nth < 6; nth += 1) expect(write('hv', 2000).transitions.split(',')).toHaveLength(2000)
  for (let nth = 0; nth < 58; nth += 1) expect(write('hv', 0, 1000).samples).toBe(1000)
  expect(logged).toEqual([])
})

test('beyond the bound a hypervisor makes no rows but its own, which the log says once', () => {
  const { write, logged, clock } = setUp()
  write('hv', 19_000, 99_000)
  expect(write('hv', 2000, 2000)).toEqual({ transitions: '', samples: 0 })
  expect(write('hv', 2000, 10)).toEqual({ transitions: '', samples: 10 })
  expect(write('other', 1)).toEqual({ transitions: 'vm', samples: 0 })
  expect(logged).toMatchObject([{ hypervisorId: 'hv' }])
  clock.now = 60 * MINUTE
  expect(write('hv', 2, 1)).toEqual({ transitions: 'vm,vm', samples: 1 })
  write('hv', 20_000)
  expect(logged).toHaveLength(2)
})
