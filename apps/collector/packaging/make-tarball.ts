import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { layOut } from './lay-out.ts'
import type { Content } from './lay-out.ts'
import { pack, sourceDate } from './pack.ts'

/**
 * Makes the tarball in `out`: a folder with the files and the script that installs and removes them. Returns the file
 * name.
 */
export async function makeTarball(content: Content, out: string, fast: boolean): Promise<string> {
  const title = `slashzero-collector-${content.version}-linux-${content.architecture}`
  const folder = await mkdtemp(join(out, '.tarball-'))
  const root = join(folder, title)
  await layOut(
    content,
    { prefix: '/usr/local', units: '/etc/systemd/system', licenses: 'LICENSES' },
    join(root, 'files'),
  )
  const setup = join(root, 'setup.sh')
  await copyFile(fileURLToPath(new URL('tarball/setup.sh', import.meta.url)), setup)
  await chmod(setup, 0o755)
  const same = [
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--sort=name',
    '--mode=go-w',
    `--mtime=@${await sourceDate(out)}`,
  ]
  await pack(
    'tar',
    [
      '-cf',
      join(out, `${title}.tar.gz`),
      `--use-compress-program=gzip -${fast ? 1 : 9}n`,
      ...same,
      '-C',
      folder,
      title,
    ],
    out,
  )
  await rm(folder, { recursive: true })
  return `${title}.tar.gz`
}
