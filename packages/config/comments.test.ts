import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NOT_OURS = /(^|\/)(node_modules|generated|\.next|dist)$/

test('comments have at most two lines of 120 columns', () => {
  const files = globSync('{apps,packages,e2e}/**/*.{ts,tsx,mjs}', { cwd: ROOT, exclude: (path) => NOT_OURS.test(path) })
  expect(files.length).toBeGreaterThan(100)
  expect(files.flatMap((file) => listFaults(file, readFileSync(join(ROOT, file), 'utf8')))).toEqual([])
})

function listFaults(file: string, text: string): string[] {
  return [...text.matchAll(/^[ \t]*(?:\/\*[^]*?\*\/|\/\/.*(?:\n[ \t]*\/\/.*)*)/gm)].flatMap(([comment], index) => {
    const lines = comment.split('\n')
    const said = lines.filter((line) => /[^\s*/]/.test(line))
    const faults = [
      ...(said.length > 2 ? [`${said.length} lines`] : []),
      ...(lines.some((line) => line.length > 120) ? ['a line of more than 120 columns'] : []),
    ]
    return faults.map((fault) => `${file}: comment ${index + 1} has ${fault}: ${said[0]?.trim()}`)
  })
}
