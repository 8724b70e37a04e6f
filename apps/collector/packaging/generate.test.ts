import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generateFiles } from './generate.ts'

test.each([...generateFiles()])('%s is not stale; `npm run generate` writes it', (path, text) => {
  expect(readFileSync(path, 'utf8')).toBe(text)
})
