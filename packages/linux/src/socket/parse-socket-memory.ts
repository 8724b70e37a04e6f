import { view } from '../text/view.ts'
import { ShapeError } from '../text/shape-error.ts'
import { SK_MEMINFO_OPTMEM } from '../uapi.ts'

/**
 * Parses the answer to getsockopt(SOL_SOCKET, SO_MEMINFO) and the attribute INET_DIAG_SKMEMINFO
 * (include/uapi/linux/sock_diag.h): u32 in bytes, little endian; the seventh is `sk_omem_alloc`. The kernel charges it
 * for memberships, multicast source filters, packet filters, sticky options and the ancillary data of a send in
 * progress. Throws ShapeError.
 */
export function parseSocketMemory(bytes: Uint8Array, source = 'SO_MEMINFO'): { optmemBytes: number } {
  if (bytes.length < (SK_MEMINFO_OPTMEM + 1) * 4 || bytes.length % 4 !== 0) {
    throw new ShapeError(source, 0, 'at least seven numbers of 4 bytes', `${bytes.length} bytes`)
  }
  return { optmemBytes: view(bytes).getUint32(SK_MEMINFO_OPTMEM * 4, true) }
}
