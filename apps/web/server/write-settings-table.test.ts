import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DOCUMENT, writeSettingsTable } from './write-settings-table.ts'

test('docs/operate.md is not stale; `npm run generate` writes it', () => {
  expect(readFileSync(DOCUMENT, 'utf8')).toContain(`<!-- settings -->\n${writeSettingsTable()}<!-- /settings -->`)
})
