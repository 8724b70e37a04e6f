import { describe, expect, it } from 'vitest'
import { describeHeadroom } from './describe-headroom.ts'

describe('describeHeadroom', () => {
  it('splits the used share by memberships', () => {
    const full = { optmemBytes: 20_440, optmemMaxBytes: 20_480, memberships: 365, staleMemberships: 146, joinsLeft: 0 }
    const described = describeHeadroom(full)
    expect(described.text).toBe('219 live + 146 stale of 365')
    expect(described.staleShare).toBeCloseTo(0.4)
    expect(described.bar?.stale).toBeCloseTo(0.4 * (20_440 / 20_480))
    expect(described.bar?.live).toBeCloseTo(0.6 * (20_440 / 20_480))
  })

  it('draws nothing if nothing was measured', () => {
    const unmeasured = {
      optmemBytes: null,
      optmemMaxBytes: 20_480,
      memberships: null,
      staleMemberships: null,
      joinsLeft: null,
    }
    expect(describeHeadroom(unmeasured)).toEqual({
      bar: null,
      text: 'not measured',
      words: 'Option memory not measured',
      staleShare: null,
    })
  })

  it('keeps used bytes as unsplit if stale is not known', () => {
    const unsplit = {
      optmemBytes: 10_240,
      optmemMaxBytes: 20_480,
      memberships: 182,
      staleMemberships: null,
      joinsLeft: 183,
    }
    expect(describeHeadroom(unsplit).bar).toEqual({ live: 0, stale: 0, unsplit: 0.5 })
    expect(describeHeadroom(unsplit).text).toBe('182 of 365 joined, stale not known')
  })
})
