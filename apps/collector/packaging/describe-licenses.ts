import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The text that names each included program, with the full text of its licence. */
export async function describeLicenses(packages: readonly string[], nodeLicense: Buffer): Promise<string> {
  const parts = await Promise.all(packages.filter((name) => !name.startsWith('@slashzero/')).map(describe))
  return [
    'Slashzero collector\nLicensed under the Apache License, Version 2.0: /usr/share/common-licenses/Apache-2.0 on Debian,',
    'http://www.apache.org/licenses/LICENSE-2.0 elsewhere.\n\nIt carries the following.\n',
    ...parts,
    section('Node.js', nodeLicense.toString()),
  ].join('\n')
}

async function describe(name: string): Promise<string> {
  const folder = join(root, 'node_modules', name)
  const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one))
  if (file === undefined) throw new Error(`the package ${name} has no licence file; add its licence text by hand`)
  return section(name, await readFile(join(folder, file), 'utf8'))
}

function section(name: string, text: string): string {
  return `${'='.repeat(70)}\n${name}\n${'='.repeat(70)}\n${text.trim()}\n`
}
