/** One file of an archive; its folders are implied. */
export type ArchivedFile = { readonly path: string; readonly mode: number; readonly content: Buffer | string }

/**
 * Packs files as the kernel unpacks an initramfs: a cpio archive in the "newc" format.
 * Source: Documentation/driver-api/early-userspace/buffer-format.rst.
 */
export function packArchive(files: readonly ArchivedFile[]): Buffer {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)))
  const entries = [
    ...[...folders].map((path) => entry(path, S_IFDIR | 0o755, Buffer.alloc(0))),
    ...files.map(({ path, mode, content }) => entry(path, S_IFREG | mode, Buffer.from(content))),
    entry('TRAILER!!!', 0, Buffer.alloc(0)),
  ]
  return Buffer.concat(entries)
}

function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1)
  return names.map((_, index) => names.slice(0, index + 1).join('/'))
}

function entry(path: string, mode: number, content: Buffer): Buffer {
  const name = Buffer.from(`${path}\0`)
  // inode, mode, uid, gid, links, mtime, size, the device's numbers and those of a device file, length of the name,
  // checksum
  const fields = [0, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0]
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`)
  return Buffer.concat([padded(Buffer.concat([header, name])), padded(content)])
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)])
}

const S_IFDIR = 0o040000
const S_IFREG = 0o100000
