import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SETTINGS } from '../src/config/index.ts'

const page = readFileSync(new URL('slashzero-collector.8', import.meta.url), 'utf8').replaceAll(String.raw`\-`, '-')

test('the man page names every option, every variable and every drop-in', () => {
  const dropIns = readdirSync(new URL('systemd', import.meta.url)).filter(
    (name) => name.endsWith('.conf') && name !== 'sysusers.conf',
  )
  const settings = Object.values(SETTINGS)
  const wanted = [
    ...settings.map(({ flag }) => `--${flag}`),
    ...settings.flatMap(({ variable }) => variable ?? []),
    ...dropIns,
  ]
  expect(wanted.filter((name) => !new RegExp(`${name}(?![\\w-])`).test(page))).toEqual([])
})
