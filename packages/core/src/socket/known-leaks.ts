/**
 * Whether a daemon leaves a membership behind for each deleted interface (measured): radvd before 2.20 and dnsmasq do,
 * later radvd does not. `version` is the running executable's, which an upgraded package does not change.
 */
export function leaks(daemon: string, version: string | null): 'yes' | 'no' | 'unknown' {
  if (daemon === 'dnsmasq') return 'yes'
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? []
  if (daemon !== 'radvd' || major === undefined) return 'unknown'
  return Number(major) < 2 || (Number(major) === 2 && Number(minor) < 20) ? 'yes' : 'no'
}
