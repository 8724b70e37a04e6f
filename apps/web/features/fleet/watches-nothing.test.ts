import { describe, expect, it } from 'vitest'
import { fleet, row } from './testing/fleet.ts'
import { watchesNothing } from './watches-nothing.ts'

describe('watchesNothing', () => {
  const idle = row({ optmemMaxBytes: null, vms: { total: 0, missing: 0, unknown: 0 } })
  it.each([
    { name: 'no hypervisor', rows: [], vms: 0, expected: true },
    { name: 'an idle machine', rows: [idle], vms: 0, expected: true },
    { name: 'a sender without VMs', rows: [idle, row({})], vms: 0, expected: false },
    { name: 'VMs without a sender', rows: [idle], vms: 3, expected: false },
    { name: 'a machine that fell silent', rows: [{ ...idle, status: 'silent' as const }], vms: 0, expected: false },
  ])('$name', ({ rows, vms, expected }) => {
    expect(watchesNothing(fleet({ vms }, rows))).toBe(expected)
  })
})
