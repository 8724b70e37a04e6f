import { readFileSync, writeFileSync } from 'node:fs'
import { listSettings } from './settings.ts'

/** The document that holds the table between two comments. */
export const DOCUMENT = new URL('../../../docs/operate.md', import.meta.url)

const MARKERS = /(?<=<!-- settings -->\n).*(?=<!-- \/settings -->)/s

/** The table of the server's settings in Markdown. */
export function writeSettingsTable(): string {
  const rows = listSettings().map((setting) => `| \`${setting.name}\` | ${setting.default} | ${setting.help} |\n`)
  return `\n| variable | default | meaning |\n|---|---|---|\n${rows.join('')}\n`
}

if (import.meta.main) writeFileSync(DOCUMENT, readFileSync(DOCUMENT, 'utf8').replace(MARKERS, writeSettingsTable))
