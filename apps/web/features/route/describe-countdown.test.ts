import { describe, expect, it, test } from 'vitest'
import { describeCountdown, describeDark } from './describe-countdown.ts'

const NOW = Date.parse('2026-01-01T10:00:00.000Z')
const after = (seconds: number) => new Date(NOW + seconds * 1000).toISOString()

test.each([
  {
    name: 'by the guest',
    countdown: { endsAt: after(720), basis: 'guest', renewable: true },
    expected: 'ends in 12 min unless an advertisement comes',
  },
  {
    name: 'by a seen advertisement',
    countdown: { endsAt: after(720), basis: 'seen', renewable: true },
    expected: 'ends at the latest in 12 min unless an advertisement comes',
  },
  {
    name: 'by the configuration',
    countdown: { endsAt: after(45), basis: 'configured', renewable: true },
    expected: 'ends at the latest in 45 s unless an advertisement comes',
  },
  {
    name: 'that nothing can renew',
    countdown: { endsAt: after(720), basis: 'guest', renewable: false },
    expected: 'ends in 12 min, and nothing can renew it',
  },
  {
    name: 'in the past',
    countdown: { endsAt: after(-120), basis: 'seen', renewable: true },
    expected: 'ended at the latest 2 min ago, if nothing renewed it',
  },
] as const)('describes a countdown $name', ({ countdown, expected }) => {
  expect(describeCountdown(countdown, NOW).end.replaceAll('\u00a0', ' ')).toBe(expected)
})

describe('when VMs go dark', () => {
  it.each([
    {
      name: 'several',
      dark: { firstAt: after(720), lastAt: after(1680), vms: 84 },
      expected: '84 VMs go dark, the first in 12 min and the last in 28 min at the latest',
    },
    {
      name: 'all at once',
      dark: { firstAt: after(720), lastAt: after(730), vms: 3 },
      expected: '3 VMs go dark in 12 min at the latest',
    },
    {
      name: 'some already',
      dark: { firstAt: after(-60), lastAt: after(60), vms: 3 },
      expected: '3 VMs go dark, the first now and the last in 1 min at the latest',
    },
    {
      name: 'one',
      dark: { firstAt: after(60), lastAt: after(60), vms: 1 },
      expected: '1 VM goes dark in 1 min at the latest',
    },
    {
      name: 'past',
      dark: { firstAt: after(-90), lastAt: after(-60), vms: 2 },
      expected: 'the ::/0 of 2 VMs should have ended by now',
    },
  ])('$name', ({ dark, expected }) => {
    expect(describeDark(dark, NOW)?.replaceAll('\u00a0', ' ')).toBe(expected)
  })

  it('is null if none is known', () => {
    expect(describeDark(null, NOW)).toBeNull()
  })
})
