import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DATA_FOLDER } from '../env.ts'
import { readStartTime } from '../leftover/claim.ts'

/** Debian 12's own kernel, unpacked from its package, which is not installed. */
export type Kernel = {
  /** As `uname -r` says it, such as `6.1.0-56-cloud-amd64`. */
  readonly release: string
  readonly image: string
  /** The folder of its modules, with the index that `depmod` writes. */
  readonly modules: string
  /** A busybox that needs no library, to load modules with. */
  readonly busybox: string
}

/**
 * Downloads and unpacks Debian 12's kernel (27 MB), unless the data folder keeps it; installs nothing. Throws with a
 * sentence if this machine's apt does not offer that kernel or cannot be reached.
 */
export async function prepareKernel(signal?: AbortSignal): Promise<Kernel> {
  await removePartial()
  const releases = await readdir(CACHE).catch(() => [])
  const release = releases.find((name) => RELEASE.test(name)) ?? (await download(signal).catch(() => refresh(signal)))
  const directory = join(CACHE, release)
  return {
    release,
    image: join(directory, 'boot', `vmlinuz-${release}`),
    modules: join(directory, 'lib/modules', release),
    busybox: join(directory, 'bin/busybox'),
  }
}

/** A download that was cut short is named after its process, and is removed once that is gone. */
async function removePartial(): Promise<void> {
  for (const name of await readdir(CACHE).catch(() => [])) {
    const pid = /^partial-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && (await readStartTime(Number(pid))) === null)
      await rm(join(CACHE, name), { recursive: true, force: true })
  }
}

/** Where apt's lists are empty, or so old that the mirror no longer has what they name, they are fetched first. */
async function refresh(signal: AbortSignal | undefined): Promise<string> {
  signal?.throwIfAborted()
  await run('apt-get', ['update', '-qq'], { signal })
  return download(signal)
}

async function download(signal: AbortSignal | undefined): Promise<string> {
  const release = await findRelease(signal)
  const partial = join(CACHE, `partial-${process.pid}`)
  await mkdir(partial, { recursive: true })
  try {
    // As root, because apt's own user may not be able to write into the cache.
    const packages = ['busybox-static', `linux-image-${release}`]
    await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...packages], { cwd: partial, signal })
    for (const file of (await readdir(partial)).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['--extract', file, '.'], { cwd: partial, signal })
      await rm(join(partial, file))
    }
    await run('bin/busybox', ['depmod', '-b', partial, release], { cwd: partial, signal })
    await rename(partial, join(CACHE, release))
    return release
  } catch (error) {
    if (existsSync(join(CACHE, release))) return release
    throw error
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Finds the release of the kernel: the package with the constant name depends on the package of the release. */
async function findRelease(signal: AbortSignal | undefined): Promise<string> {
  const release = RELEASE.exec(await run('apt-cache', ['depends', 'linux-image-cloud-amd64'], { signal }))?.[0]
  if (release === undefined) {
    throw new Error(
      "This machine's apt offers no kernel 6.1 as linux-image-cloud-amd64: add Debian 12 (bookworm) to /etc/apt/sources.list.",
    )
  }
  return release
}

async function run(
  command: string,
  args: string[],
  options: { cwd?: string; signal: AbortSignal | undefined },
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, options).catch(({ message }: Error) => {
    throw new Error(`Debian 12's kernel cannot be had: ${message.trim()}`)
  })
  return stdout
}

const CACHE = join(DATA_FOLDER, 'kernel')
const RELEASE = /6\.1\.\d+-\d+-cloud-amd64/
