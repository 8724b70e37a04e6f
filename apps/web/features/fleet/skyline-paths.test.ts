import { expect, it } from 'vitest'
import { drawSkyline } from './skyline-paths.ts'
import { row } from './testing/fleet.ts'

it('draws live memberships below stale ones, as high as the socket is full', () => {
  const { paths, columns } = drawSkyline([row({ optmemBytes: 10_240, memberships: 4, staleMemberships: 1 })], 100)
  expect(paths.live).toBe('M0.09 100V62.5h0.82V100z')
  expect(paths.stale).toBe('M0.09 62.5V50h0.82V62.5z')
  expect(columns[0]?.text).toBe('3 live + 1 stale of 269')
})

it('never draws an unmeasured socket as empty', () => {
  const { paths } = drawSkyline([row({ optmemBytes: null })], 100)
  expect(paths).toMatchObject({ live: '', stale: '', unsplit: '', unmeasured: 'M0.09 100V94h0.82V100z' })
})
