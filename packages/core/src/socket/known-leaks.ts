/**
 * Whether a daemon leaves a membership behind for each interface that is deleted: radvd before 2.20 and dnsmasq were measured to,
 * radvd from 2.20 on not to. `version` is that of the running executable, which an upgraded package does not change.
 */
export function leaks(daemon: string, version: string | null): 'yes' | 'no' | 'unknown' {
  if (daemon === 'dnsmasq') return 'yes'
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? []
  if (daemon !== 'radvd' || major === undefined) return 'unknown'
  return Number(major) < 2 || (Number(major) === 2 && Number(minor) < 20) ? 'yes' : 'no'
}
