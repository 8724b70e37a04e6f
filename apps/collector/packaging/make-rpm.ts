import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { layOut } from './lay-out.ts'
import type { Content } from './lay-out.ts'
import { pack } from './pack.ts'

const SPEC = fileURLToPath(new URL('rpm/slashzero-collector.spec', import.meta.url))
const ARCHITECTURE = { x64: 'x86_64', arm64: 'aarch64' } as const

/** Makes the package for rpm in `out`. Returns its name. */
export async function makeRpm(content: Content, out: string, fast: boolean): Promise<string> {
  const architecture = ARCHITECTURE[content.architecture]
  // A hyphen would separate version and release.
  const version = content.version.replaceAll('-', '~')
  const name = `slashzero-collector-${version}-1.${architecture}.rpm`
  const folder = await mkdtemp(join(out, '.rpm-'))
  const root = join(folder, 'root')
  await layOut(content, { prefix: '/usr', units: '/usr/lib/systemd/system', licenses: 'LICENSES' }, root)
  await writeFile(join(folder, 'spec'), (await readFile(SPEC, 'utf8')).replace('@VERSION@', version))
  const settings = {
    _topdir: folder,
    _rpmdir: folder,
    _rpmfilename: name,
    _binary_payload: fast ? 'w1.gzdio' : 'w1.xzdio',
    // rpmbuild must not strip, compress or scan the files.
    __os_install_post: '%{nil}',
    __spec_install_pre: '%{nil}',
    debug_package: '%{nil}',
    _build_id_links: 'none',
    // The same source gives the same package.
    _buildhost: 'localhost',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
  }
  const definitions = Object.entries(settings).flatMap(([setting, value]) => ['--define', `${setting} ${value}`])
  await pack(
    'rpmbuild',
    ['-bb', '--quiet', '--target', `${architecture}-linux`, '--buildroot', root, ...definitions, join(folder, 'spec')],
    out,
  )
  await rename(join(folder, name), join(out, name))
  await rm(folder, { recursive: true })
  return name
}
