import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeInstant } from './instant.ts'

test('an instant is written as toISOString writes it', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), fc.integer({ min: -90_000, max: 90_000 }), (date, later) => {
      const times = [date.getTime(), date.getTime() + later].filter((time) => Math.abs(time) < 8e15)
      expect(times.map(writeInstant)).toEqual(times.map((time) => new Date(time).toISOString()))
    }),
  )
})
