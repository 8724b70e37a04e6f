import { SEND_BYTES } from '@slashzero/contract/report'

/**
 * The limit (`net.core.optmem_max`), what the socket is charged (`sk_omem_alloc`) and what one membership costs, all in
 * bytes.
 */
export type OptionMemory = { readonly limit: number; readonly used: number; readonly unit: number }

/**
 * Whether a daemon's sends are charged. dnsmasq sends without a control message (`sendto` in its radv.c), so dnsmasq
 * 2.90 still advertises on a full socket (measured). Unmeasured daemons count as charged.
 */
export function chargesSends(daemon: string): boolean {
  return daemon !== 'dnsmasq'
}

/**
 * How many more interfaces a socket can join (IPV6_ADD_MEMBERSHIP) before the kernel answers ENOMEM.
 * Source: `sock_kmalloc` (net/core/sock.c) grants `unit` while `unit <= limit && used + unit < limit`.
 */
export function joinsLeft({ limit, used, unit }: OptionMemory): number {
  if (unit > limit) return 0
  return Math.max(0, Math.ceil((limit - used) / unit) - 1)
}

/**
 * Whether every Router Advertisement of a daemon's socket fails with ENOBUFS: the test of `sock_kmalloc` for 40 bytes.
 */
export function sendsBlocked({ limit, used }: Omit<OptionMemory, 'unit'>, daemon: string): boolean {
  return chargesSends(daemon) && used + SEND_BYTES >= limit
}

/** How many interfaces an empty socket can join. */
export function capacity({ limit, unit }: Omit<OptionMemory, 'used'>): number {
  return joinsLeft({ limit, used: 0, unit })
}
