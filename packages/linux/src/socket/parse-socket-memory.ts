import { view } from '../text/view.ts'
import { ShapeError } from '../text/shape-error.ts'
import { SK_MEMINFO_OPTMEM } from '../uapi.ts'

/**
 * Parses SO_MEMINFO and INET_DIAG_SKMEMINFO (linux/sock_diag.h): u32 in bytes, little endian; the seventh,
 * `sk_omem_alloc`, is charged for memberships, filters, sticky options and a send in progress. Throws ShapeError.
 */
export function parseSocketMemory(bytes: Uint8Array, source = 'SO_MEMINFO'): { optmemBytes: number } {
  if (bytes.length < (SK_MEMINFO_OPTMEM + 1) * 4 || bytes.length % 4 !== 0) {
    throw new ShapeError(source, 0, 'at least seven numbers of 4 bytes', `${bytes.length} bytes`)
  }
  return { optmemBytes: view(bytes).getUint32(SK_MEMINFO_OPTMEM * 4, true) }
}
