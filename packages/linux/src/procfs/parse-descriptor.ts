import { ShapeError } from '../text/shape-error.ts'

/** The target of a link in `/proc/PID/fd` or `/proc/PID/ns`, reduced to what matters here. */
export type Descriptor =
  | { kind: 'socket'; inode: number }
  | { kind: 'namespace'; inode: number }
  /** `/dev/net/tun`; fdinfo names the attached interface. */
  | { kind: 'tun' }
  /** `/dev/tapN`, the character device of the macvtap with that ifindex. */
  | { kind: 'macvtap'; ifindex: number }
  | { kind: 'other' }

/** Parses a link `/proc/PID/fd/N` or `/proc/PID/ns/net` (fs/proc/fd.c, fs/nsfs.c). */
export function parseDescriptor(link: string): Descriptor {
  const inode = /^(socket|net):\[(\d+)\]$/.exec(link)
  if (inode !== null) return { kind: inode[1] === 'socket' ? 'socket' : 'namespace', inode: Number(inode[2]) }
  // In a mount namespace of its own, a VM shows the path from the root of that mount.
  if (link.endsWith('/net/tun')) return { kind: 'tun' }
  const macvtap = /^(?:\/dev)?\/tap(\d+)$/.exec(link)
  if (macvtap !== null) return { kind: 'macvtap', ifindex: Number(macvtap[1]) }
  return { kind: 'other' }
}

/**
 * Parses `/proc/PID/fdinfo/N` of a `/dev/net/tun` descriptor (drivers/net/tun.c, tun_chr_show_fdinfo), byte text.
 * Returns the interface in the line `iff:`, byte text, or null if the descriptor is not attached. Throws ShapeError.
 */
export function parseTunInterface(text: string, file = '/proc/PID/fdinfo/N'): string | null {
  if (!text.startsWith('pos:')) throw new ShapeError(file, 1, 'a line pos:', text)
  const name = /^iff:\t(.*)$/m.exec(text)?.[1]
  if (name === undefined) throw new ShapeError(file, text.split('\n').length, 'a line iff:', text)
  return name === '' ? null : name
}

/**
 * Parses the link `/proc/PID/exe` (fs/d_path.c): the kernel appends ` (deleted)` if the file was replaced or removed.
 */
export function parseExecutable(link: string): { path: string; deleted: boolean } {
  const deleted = link.endsWith(' (deleted)')
  return { path: deleted ? link.slice(0, -' (deleted)'.length) : link, deleted }
}
