/** The unit or container that keeps a process running, according to its control group. */
export type Manager = { kind: 'unit'; unit: string } | { kind: 'container'; runtime: 'docker' | 'podman'; id: string }

/**
 * Parses `/proc/PID/cgroup` (kernel/cgroup/cgroup.c, proc_cgroup_show), lines `ID:CONTROLLERS:PATH`: the unit of
 * systemd (`0::` or `name=systemd`), or the id of a Docker or Podman container; null for any other group.
 */
export function parseCgroup(text: string): Manager | null {
  const paths = text.split('\n').flatMap((line) => /^\d+:(?:|name=systemd):(\/.*)$/.exec(line)?.[1] ?? [])
  for (const path of paths) {
    // Of containers in a container, the innermost has the files of the process; the host's runtime may not know it.
    const container = [...path.matchAll(/\/(?:(docker)[-/]|(libpod)-)([0-9a-f]{64})(?:\.scope)?(?=\/|$)/g)].at(-1)
    if (container !== undefined) {
      return {
        kind: 'container',
        runtime: container[1] === undefined ? 'podman' : 'docker',
        id: (container[3] ?? '').slice(0, 12),
      }
    }
  }
  // The manager of a user has units of its own, which may have the names of units of the system.
  const own = paths.filter((path) => !/\/user@\d+\.service(?:\/|$)/.test(path))
  const unit = own.flatMap((path) => path.split('/').findLast((part) => part.endsWith('.service')) ?? [])[0]
  return unit === undefined ? null : { kind: 'unit', unit }
}
