import { expect, test } from 'vitest'
import { compareWorstFirst } from './compare.ts'
import type { Compared } from './compare.ts'

function hypervisor(name: string, changed: Partial<Compared> = {}): Compared {
  return { name, status: 'healthy', joinsLeft: 300, fullAt: null, vms: { missing: 0 }, ...changed }
}

test('sorts worst first, by each criterion in turn', () => {
  const worstFirst = [
    hypervisor('k', { status: 'sends-blocked', joinsLeft: 0, vms: { missing: 40 } }),
    hypervisor('j', { status: 'sends-blocked', joinsLeft: 0 }),
    hypervisor('i', { status: 'joins-blocked', joinsLeft: 0 }),
    hypervisor('h', { vms: { missing: 3 } }),
    hypervisor('g', { status: 'leaking', vms: { missing: 1 } }),
    hypervisor('f', { status: 'silent', joinsLeft: null }),
    hypervisor('e', { status: 'at-risk', fullAt: '2026-01-01T11:00:00.000Z' }),
    hypervisor('d', { status: 'at-risk', fullAt: '2026-01-01T12:00:00.000Z', joinsLeft: 1 }),
    hypervisor('c', { status: 'at-risk', joinsLeft: 2 }),
    hypervisor('b', { status: 'leaking' }),
    hypervisor('a1', { joinsLeft: 10 }),
    hypervisor('a2', { joinsLeft: 10 }),
    hypervisor('a0', { joinsLeft: null }),
  ]
  expect(worstFirst.toReversed().toSorted(compareWorstFirst)).toEqual(worstFirst)
})
