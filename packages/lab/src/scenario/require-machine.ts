import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { SEARCH_PATH } from '../env.ts'

/**
 * Throws with a sentence if this machine cannot play a scenario. `further` are programs that the scenario also needs,
 * with their Debian packages.
 */
export function requireMachine(
  needsLeak: boolean,
  further: readonly (readonly [program: string, debianPackage: string])[] = [],
): void {
  if (process.platform !== 'linux') throw new Error('The lab needs Linux: it makes network namespaces and taps.')
  if (process.getuid?.() !== 0)
    throw new Error('The lab needs root: it makes network namespaces and taps. Run it with sudo.')
  if (!existsSync('/dev/net/tun'))
    throw new Error('The lab needs /dev/net/tun: load the kernel module with `modprobe tun`.')
  const path = SEARCH_PATH.split(':')
  const missing = [...PROGRAMS, ...further].filter(
    ([program]) => !path.some((folder) => existsSync(`${folder}/${program}`)),
  )
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(([, debianPackage]) => debianPackage))]
    throw new Error(
      `The lab needs ${missing.map(([program]) => program).join(', ')}: apt-get install ${packages.join(' ')}`,
    )
  }
  if (!needsLeak) return
  // It answers on either stream, and with exit status 1.
  const { stdout, stderr } = spawnSync('radvd', ['--version'], { encoding: 'utf8' })
  const [, major, minor] = /Version: (\d+)\.(\d+)/.exec(stdout + stderr) ?? []
  if (Number(major) > 2 || Number(minor) >= 20) {
    throw new Error(
      `radvd ${major}.${minor} no longer leaks: this scenario needs one before 2.20, such as Debian 12's 2.19.`,
    )
  }
}

const PROGRAMS = [
  ['radvd', 'radvd'],
  ['dnsmasq', 'dnsmasq-base'],
  ['ip', 'iproute2'],
  ['sysctl', 'procps'],
  ['unshare', 'util-linux'],
  ['nsenter', 'util-linux'],
  ['qemu-ga', 'qemu-guest-agent'],
] as const
