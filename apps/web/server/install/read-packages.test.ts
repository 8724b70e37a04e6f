import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPackages } from './read-packages.ts'

const SUM = 'a'.repeat(64)
const RPM = 'slashzero-collector-0.1.0-1.x86_64.rpm'
const DEB = 'slashzero-collector_0.1.0_amd64.deb'
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'packages-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a build is read, with the files of its checksum list', async () => {
  writeFileSync(join(folder, 'SHA256SUMS'), `${SUM}  ${DEB}\n${SUM}  ${RPM}\n`)
  writeFileSync(join(folder, 'collector.sh'), '#!/bin/sh\n')
  for (const name of [DEB, RPM]) writeFileSync(join(folder, name), 'package')
  const packages = await readPackages(folder)
  expect(packages).toMatchObject({
    script: '#!/bin/sh\n',
    checksums: `${SUM}  ${DEB}\n${SUM}  ${RPM}\n`,
    files: [
      { name: DEB, bytes: 7 },
      { name: RPM, bytes: 7 },
    ],
  })
  expect(await Promise.all(packages?.files.map((file) => text(file.read())) ?? [])).toEqual(['package', 'package'])
})

test.each([
  '../../etc/passwd',
  '/etc/passwd',
  'slashzero-collector/../../x.deb',
  'collector.sh',
  'slashzero-collector.key',
])('the checksum list cannot serve %s', async (name) => {
  writeFileSync(join(folder, 'SHA256SUMS'), `${SUM}  ${name}\n`)
  writeFileSync(join(folder, 'collector.sh'), '')
  expect((await readPackages(folder))?.files).toEqual([])
})

test('without a complete build there are no packages', async () => {
  expect(await readPackages(join(folder, 'none'))).toBeNull()
  writeFileSync(join(folder, 'collector.sh'), '')
  writeFileSync(join(folder, 'SHA256SUMS'), `${SUM}  ${DEB}\n`)
  expect(await readPackages(folder)).toBeNull()
})
