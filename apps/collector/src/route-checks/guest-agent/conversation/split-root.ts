/**
 * Splits a path below `/proc/PID/root` into the root and the path there; `root` is null for other paths. A socket of a
 * VM in a container has such a path.
 */
export function splitRoot(path: string): { root: string | null; inside: string } {
  const root = /^\/proc\/\d+\/root(?=\/)/.exec(path)?.[0] ?? null
  return { root, inside: path.slice(root?.length ?? 0) }
}
