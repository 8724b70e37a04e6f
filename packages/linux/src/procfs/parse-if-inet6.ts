import { lineAt, ShapeError } from '../text/shape-error.ts'

/** An IPv6 address of this machine. */
export type InterfaceAddress = {
  ifindex: number
  /** 32 lower-case hexadecimal digits. */
  address: string
  prefixLength: number
  /** Only a usable address can be sent from. Duplicate: another machine on the link uses the address. */
  state: 'usable' | 'tentative' | 'duplicate'
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
      state: readState(parseInt(flags, 16)),
    })
  }
  return addresses
}

const row = /([0-9a-f]{32}) ([0-9a-f]{2,8}) ([0-9a-f]{2}) [0-9a-f]{2} ([0-9a-f]{2,8}) +[^ \t\n]+\n/y
/** Ignores IFA_F_OPTIMISTIC, which allows use while tentative but is rare on a host. */
function readState(flags: number): InterfaceAddress['state'] {
  if ((flags & IFA_F_DADFAILED) !== 0) return 'duplicate'
  return (flags & IFA_F_TENTATIVE) === 0 ? 'usable' : 'tentative'
}

const IFA_F_DADFAILED = 0x08
const IFA_F_TENTATIVE = 0x40
