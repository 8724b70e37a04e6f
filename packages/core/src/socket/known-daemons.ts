/** Router Advertisement daemons by the name a collector gives them. */
const ADVERTISERS = new Set(['radvd', 'dnsmasq', 'bird', 'zebra', 'corerad', 'odhcpd', 'rad', 'systemd-networkd'])

/** Whether the daemon is known to send Router Advertisements; others (a `ping`, say) own raw ICMPv6 sockets too. */
export function isAdvertiser(daemon: string): boolean {
  return ADVERTISERS.has(daemon)
}

/**
 * Whether a daemon leaves a membership behind for each interface that is deleted: radvd before 2.20 and dnsmasq were measured to,
 * radvd from 2.20 on not to. A deleted executable was replaced by an upgrade, so its version may be that of the file, not of the
 * process, and vouches for nothing.
 */
export function leaks(daemon: string, version: string | null, executableDeleted: boolean): 'yes' | 'no' | 'unknown' {
  if (daemon === 'dnsmasq') return 'yes'
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? []
  if (daemon !== 'radvd' || major === undefined) return 'unknown'
  if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 20)) return 'yes'
  return executableDeleted ? 'unknown' : 'no'
}
