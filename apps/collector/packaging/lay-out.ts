import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Bundle } from './bundle.ts'
import type { Architecture } from './carry.ts'

const own = fileURLToPath(new URL('.', import.meta.url))

/** The content of the packages of one architecture. */
export type Content = {
  readonly architecture: Architecture
  readonly version: string
  readonly code: Bundle['code']
  readonly node: Buffer
  readonly koffi: Buffer
  readonly licenses: string
}

export type Places = {
  /** `/usr` or `/usr/local`. */
  readonly prefix: string
  /** The folder of systemd's units. */
  readonly units: string
  readonly licenses: string
}

/** Writes the files of the package below `root`, at their places on a hypervisor. */
export async function layOut(content: Content, { prefix, units, licenses }: Places, root: string): Promise<void> {
  const put = async (path: string, bytes: string | Buffer, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), bytes)
    // Independent of the builder's umask.
    await chmod(join(root, path), mode)
  }
  const text = async (name: string): Promise<string> =>
    (await readFile(join(own, name), 'utf8')).replaceAll('@PREFIX@', prefix).replaceAll('@VERSION@', content.version)
  const library = `${prefix}/lib/slashzero-collector`
  await put(`${prefix}/bin/slashzero-collector`, await text('slashzero-collector.sh'), 0o755)
  await put(`${library}/slashzero-collector`, content.node, 0o755)
  for (const [name, code] of content.code) await put(`${library}/${name}`, code)
  await put(`${library}/koffi.node`, content.koffi)
  await put(`${units}/slashzero-collector.service`, await text('systemd/slashzero-collector.service'))
  await put(
    `${prefix}/share/man/man8/slashzero-collector.8.gz`,
    gzipSync(await text('slashzero-collector.8'), { level: 9 }),
  )
  await put(`${prefix}/share/doc/slashzero-collector/${licenses}`, content.licenses)
  for (const name of ['namespaces.conf', 'guest-agent.conf', 'off-link.conf', 'advertisements.conf', 'textfile.conf']) {
    await put(`${prefix}/share/doc/slashzero-collector/examples/${name}`, await text(`systemd/${name}`))
  }
  for (const name of ['slashzero-push.sh', 'slashzero-push.ps1']) {
    await put(`${prefix}/share/slashzero-collector/guest/${name}`, await readFile(join(own, '../guest', name)))
  }
  await put('/etc/slashzero/collector.toml', await readFile(join(own, '../collector.toml')))
}
