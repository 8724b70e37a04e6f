import { lineAt, ShapeError } from '../text/shape-error.ts'

/** An IPv6 address of this machine. */
export type InterfaceAddress = {
  ifindex: number
  /** 32 lower-case hexadecimal digits. */
  address: string
  prefixLength: number
  /** Can be sent from: neither tentative nor a duplicate. */
  usable: boolean
}

/**
 * Parses `/proc/net/if_inet6` (net/ipv6/addrconf.c, if6_seq_show), byte text. Columns: address, ifindex, prefix length,
 * scope and flags (all hexadecimal), name. Throws ShapeError.
 */
export function parseIfInet6(text: string, file = '/proc/net/if_inet6'): InterfaceAddress[] {
  const addresses: InterfaceAddress[] = []
  row.lastIndex = 0
  while (row.lastIndex < text.length) {
    const start = row.lastIndex
    const columns = row.exec(text)
    if (columns === null) {
      const line = text.slice(start).split('\n', 1)[0] ?? ''
      throw new ShapeError(
        file,
        lineAt(text, start + 1),
        'address, ifindex, prefix length, scope, flags and name',
        line,
      )
    }
    const [, address = '', ifindex = '', prefixLength = '', flags = ''] = columns
    addresses.push({
      ifindex: parseInt(ifindex, 16),
      address,
      prefixLength: parseInt(prefixLength, 16),
      usable: (parseInt(flags, 16) & UNUSABLE) === 0,
    })
  }
  return addresses
}

const row = /([0-9a-f]{32}) ([0-9a-f]{2,8}) ([0-9a-f]{2}) [0-9a-f]{2} ([0-9a-f]{2,8}) +[^ \t\n]+\n/y
/**
 * IFA_F_TENTATIVE | IFA_F_DADFAILED. Without IFA_F_OPTIMISTIC, which allows use while tentative but is rare on a host.
 */
const UNUSABLE = 0x40 | 0x08
