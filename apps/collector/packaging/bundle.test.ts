import { expect, test } from 'vitest'
import { bundle } from './bundle.ts'

// zod/mini has no class for each format of a text, and takes a quarter of zod's memory.
test('the bundle has zod/mini, and not zod', async () => {
  const { code } = await bundle('0.0.0')
  expect([...code].filter(([, text]) => /\bZodEmail\b/.test(text)).map(([name]) => name)).toEqual([])
})
