/** The unit or container that keeps a process running, according to its control group. */
export type Manager = { kind: 'unit'; unit: string } | { kind: 'container'; runtime: 'docker' | 'podman'; id: string }

/**
 * Parses `/proc/PID/cgroup` (kernel/cgroup/cgroup.c, proc_cgroup_show), lines `ID:CONTROLLERS:PATH`: the unit of
 * systemd (`0::` or `name=systemd`), or the id of a Docker or Podman container; null for any other group.
 */
export function parseCgroup(text: string): Manager | null {
  const paths = text.split('\n').flatMap((line) => /^\d+:(?:|name=systemd):(\/.*)$/.exec(line)?.[1] ?? [])
  for (const path of paths) {
    const container = /\/(?:(docker)[-/]|(libpod)-)([0-9a-f]{64})(?:\.scope)?(?:\/|$)/.exec(path)
    if (container !== null) {
      return {
        kind: 'container',
        runtime: container[1] === undefined ? 'podman' : 'docker',
        id: (container[3] ?? '').slice(0, 12),
      }
    }
  }
  const unit = paths.flatMap((path) => path.split('/').findLast((part) => part.endsWith('.service')) ?? [])[0]
  // A user's manager is a service too, but restarting the manager would restart too much.
  return unit === undefined || unit.startsWith('user@') ? null : { kind: 'unit', unit }
}
