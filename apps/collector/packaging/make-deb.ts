import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { layOut } from './lay-out.ts'
import type { Content } from './lay-out.ts'
import { pack, sourceDate } from './pack.ts'

const own = fileURLToPath(new URL('debian/', import.meta.url))
const ARCHITECTURE = { x64: 'amd64', arm64: 'arm64' } as const

/** Makes the Debian package in `out`. Returns its name. */
export async function makeDeb(content: Content, out: string, fast: boolean): Promise<string> {
  const architecture = ARCHITECTURE[content.architecture]
  const name = `slashzero-collector_${content.version}_${architecture}.deb`
  const root = await mkdtemp(join(out, '.deb-'))
  await chmod(root, 0o755)
  await layOut(content, { prefix: '/usr', units: '/usr/lib/systemd/system', licenses: 'copyright' }, root)
  const put = async (path: string, bytes: string | Buffer, mode = 0o644) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), bytes)
    await chmod(join(root, path), mode)
  }
  await put('usr/lib/sysusers.d/slashzero-collector.conf', await readFile(join(own, '../systemd/sysusers.conf')))
  await put(
    'usr/share/doc/slashzero-collector/changelog.gz',
    gzipSync(await describeVersion(content.version, out), { level: 9 }),
  )
  await put('usr/share/lintian/overrides/slashzero-collector', await readFile(join(own, 'lintian-overrides')))
  const files = (await listFiles(root)).filter((path) => !path.startsWith('DEBIAN/'))
  const contents = await Promise.all(files.map(async (path) => ({ path, bytes: await readFile(join(root, path)) })))
  const kilobytes = Math.ceil(contents.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1024)
  const fields = { '@VERSION@': content.version, '@ARCHITECTURE@': architecture, '@SIZE@': String(kilobytes) }
  const control = Object.entries(fields).reduce(
    (text, [field, value]) => text.replace(field, value),
    await readFile(join(own, 'control'), 'utf8'),
  )
  await put('DEBIAN/control', control)
  await put('DEBIAN/conffiles', '/etc/slashzero/collector.toml\n')
  const sums = contents
    .filter(({ path }) => !path.startsWith('etc/'))
    .map(({ path, bytes }) => `${createHash('md5').update(bytes).digest('hex')}  ${path}\n`)
  await put('DEBIAN/md5sums', sums.join(''))
  for (const script of ['postinst', 'prerm', 'postrm'])
    await put(`DEBIAN/${script}`, await readFile(join(own, script)), 0o755)
  // Old dpkg does not know zstd, and a higher level of xz takes minutes to save a few percent.
  await pack(
    'dpkg-deb',
    ['--root-owner-group', ...(fast ? ['-Znone'] : ['-Zxz', '-z1']), '--build', root, join(out, name)],
    out,
  )
  await rm(root, { recursive: true })
  return name
}

async function describeVersion(version: string, cwd: string): Promise<string> {
  const date = new Date((await sourceDate(cwd)) * 1000).toUTCString().replace('GMT', '+0000')
  return `slashzero-collector (${version}) stable; urgency=medium\n\n  * Built from its source.\n\n -- Slashzero <maintainers@slashzero.invalid>  ${date}\n`
}

async function listFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted()
}
