import { tapFacts } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { FACTS } from './steady-taps.ts'

test('a steady tap compares every fact of the schema', () => {
  expect([...FACTS, 'linkLocals'].toSorted()).toEqual(tapFacts.keyof().options.toSorted())
})
