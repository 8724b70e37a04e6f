import type { Kernel } from '../io/kernel.ts'

/**
 * The version that an RA daemon's executable has written in it, read through `/proc/PID/exe` so that it is the running
 * one's even after an upgrade. A hint; null where the daemon's executable does not tell.
 */
export function createVersionReader(kernel: Kernel): (daemon: string, pid: number) => string | null {
  const versions = new Map<string, string | null>()
  return (daemon, pid) => {
    const pattern = PATTERNS[daemon]
    if (pattern === undefined) return null
    const file = `/proc/${pid}/exe`
    try {
      const { device, inode, modifiedMilliseconds } = kernel.identify(file)
      const key = `${device}:${inode}:${modifiedMilliseconds}`
      const known = versions.get(key)
      if (known !== undefined) return known
      const version = findVersion(kernel.readText(file), pattern)
      versions.set(key, version)
      return version
    } catch {
      // A process that ended or belongs to another user: its socket's probes say so.
      return null
    }
  }
}

const PATTERNS: Record<string, RegExp> = {
  radvd: /(?<=\0)\d+\.\d+(?:\.\d+)?(?:[._-]?rc\d+)?(?=\0)/g,
  dnsmasq: /(?<=\0dnsmasq-)\d[\w.+-]*(?=\0)/g,
  bird: /(?<=\0BIRD version )\d[\w.+-]*/g,
}

/** Only a version that stands alone: of two different ones, none is known to be the program's own. */
function findVersion(executable: string, pattern: RegExp): string | null {
  const found = new Set(executable.match(pattern))
  return found.size === 1 ? ([...found][0] ?? null) : null
}
