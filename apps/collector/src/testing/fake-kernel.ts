import { SystemError } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import { readChangedBy } from './read-changed-by.ts'

/** The text of a file, the target of a link, or the name of the errno that a read gets. */
export type FakeFile = string | { link: string } | { refused: string }

/** A kernel with these files and calls. Any other file is missing, and any other call fails. */
export function fakeKernel(tree: Record<string, FakeFile>, calls: Partial<Kernel> = {}): Kernel {
  const find = (path: string): string | { link: string } => {
    const file = tree[path]
    if (file === undefined) throw new SystemError(path, 'ENOENT')
    if (typeof file === 'object' && 'refused' in file) throw new SystemError(path, file.refused)
    return file
  }
  const readText = (path: string): string => {
    const file = find(path)
    return typeof file === 'string' ? file : readText(file.link)
  }
  const refuse = (call: string, code: string) => (): never => {
    throw new SystemError(call, code)
  }
  return {
    readText,
    readChanged: readChangedBy(calls.readText ?? readText),
    readTextAsync: async (path) => readText(path),
    readLink: (path) => {
      const file = find(path)
      if (typeof file === 'string') throw new SystemError(path, 'EINVAL')
      return file.link
    },
    listFolder: (path) => {
      if (path in tree) find(path)
      const below = Object.keys(tree).filter((file) => file.startsWith(`${path}/`))
      if (below.length === 0) throw new SystemError(path, 'ENOENT')
      return [...new Set(below.map((file) => file.slice(path.length + 1).split('/')[0] ?? ''))]
    },
    identify: (path) => {
      find(path)
      return { device: 1, inode: Object.keys(tree).indexOf(path) + 1, modifiedMilliseconds: 0 }
    },
    readConfined: async (root, path) => {
      find(root)
      const file = tree[`${root}${path}`]
      if (typeof file === 'string') return { identity: { device: 1, inode: 1, modifiedMilliseconds: 0 }, text: file }
      throw new SystemError(path, file === undefined || 'link' in file ? 'ENOENT' : file.refused)
    },
    listConfined: async (root, path) => {
      const names = Object.keys(tree)
        .filter((file) => file.startsWith(`${root}${path}/`))
        .map((file) => file.slice(root.length + path.length + 1))
      if (names.length === 0) throw new SystemError(path, 'ENOENT')
      return names
    },
    inNamespace: (_, __, work) => work(),
    dumpLinks: () => [],
    dumpRawSockets: () => [],
    searchOptmemMax: refuse('setsockopt', 'EAFNOSUPPORT'),
    calibrate: refuse('socket', 'EAFNOSUPPORT'),
    withSocket: refuse('pidfd_open', 'ESRCH'),
    ...calls,
  }
}
