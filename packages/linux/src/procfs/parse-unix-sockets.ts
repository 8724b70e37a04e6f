import { ShapeError } from '../text/shape-error.ts'

/** A unix socket that is bound to a path. */
export type UnixSocket = { inode: number; /** Byte text. */ path: string }

/**
 * Parses `/proc/net/unix` (net/unix/af_unix.c, unix_seq_show), byte text. Returns the sockets that have a path. The
 * inode is decimal, all other numbers are hexadecimal. Throws ShapeError.
 */
export function parseUnixSockets(text: string, file = '/proc/net/unix'): UnixSocket[] {
  const lines = text.split('\n')
  if (!lines[0]?.startsWith('Num ')) throw new ShapeError(file, 1, 'the heading with Num', lines[0] ?? '')
  if (lines.pop() !== '') throw new ShapeError(file, lines.length + 1, 'a final newline', text.slice(-40))
  const sockets: { inode: number; path?: string }[] = []
  lines.slice(1).forEach((line, index) => {
    const columns = row.exec(line)
    const last = sockets.at(-1)
    if (columns !== null) {
      const [, inode = '', path] = columns
      sockets.push({ inode: Number(inode), ...(path === undefined ? {} : { path }) })
    } else if (last?.path !== undefined) {
      // Any user can bind a socket to a path with a newline.
      last.path += `\n${line}`
    } else {
      throw new ShapeError(file, index + 2, 'a unix socket with seven columns or eight', line)
    }
  })
  return sockets.flatMap(({ inode, path }) => (path === undefined ? [] : [{ inode, path }]))
}

const row = /^[0-9A-Fa-f]+: [0-9A-F]{8} [0-9A-F]{8} [0-9A-F]{8} [0-9A-F]{4} [0-9A-F]{2} +(\d+)(?: (.*))?$/
