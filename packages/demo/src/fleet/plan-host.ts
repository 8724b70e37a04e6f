import { createRandom, drawUuid } from './create-random.ts'
import type { Role } from './assign-roles.ts'
import { planSegments, type SegmentPlan } from './plan-segments.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

export type HostPlan = {
  readonly role: Role
  readonly number: number
  readonly hostId: string
  readonly bootId: string
  readonly name: string
  readonly site: string
  readonly kernel: Kernel
  readonly tapNaming: 'vnet' | 'neutron' | 'proxmox'
  /** Why option memory cannot be read on the host; null if it can. */
  readonly unmeasuredReason: string | null
  /** When the host stopped reporting; null while it reports. */
  readonly lastReportAt: number | null
  readonly segments: readonly SegmentPlan[]
}

/** `unit`: bytes a membership; `limit`: net.core.optmem_max. */
export type Kernel = {
  readonly release: string
  readonly unit: number
  readonly limit: number
  readonly limitSource: 'init' | 'namespace'
  readonly method: 'sock_diag' | 'pidfd'
  /** pidfd_getfd came with Linux 5.6; without it no program can ask the socket which memberships are stale. */
  readonly enumerates: boolean
}

const debian12: Kernel = {
  release: '6.1.0-37-amd64',
  unit: 56,
  limit: 20_480,
  limitSource: 'init',
  method: 'sock_diag',
  enumerates: true,
}
const debian11: Kernel = { ...debian12, release: '5.10.0-33-amd64', unit: 64 }
const debian10: Kernel = { ...debian12, release: '4.19.0-27-amd64', unit: 72, enumerates: false }
const debian13: Kernel = { ...debian12, release: '6.12.41+deb13-amd64', limit: 131_072, limitSource: 'namespace' }
const ubuntu22: Kernel = { ...debian12, release: '5.15.0-119-generic' }
const ubuntu24: Kernel = { ...debian13, release: '6.8.0-57-generic' }
const selfBuilt: Kernel = { ...debian12, release: '6.6.52-hv1', method: 'pidfd' }
const oneOfEach = [debian10, debian11, debian12, debian13, ubuntu22, ubuntu24, selfBuilt]
const KERNELS = [...oneOfEach, debian11, debian12, debian12, debian12, debian13]

const kernelByRole: Partial<Record<Role, Kernel>> = {
  'full-by-leak': debian12,
  'at-risk': debian12,
  restarted: debian12,
  upgraded: debian12,
  'leak-fast': debian12,
  'joins-blocked': debian11,
  'full-by-capacity': debian11,
  'leak-large-limit': debian13,
  'not-measurable': selfBuilt,
}

// The collector's own words.
const UNMEASURED_REASON =
  'sock_diag: this kernel has no diagnosis of raw sockets (module raw_diag, CONFIG_INET_RAW_DIAG); ' +
  'pidfd_getfd: not permitted: needs CAP_SYS_PTRACE, and kernel.yama.ptrace_scope below 3'

const SITES = ['par1', 'fra2', 'ams1', 'waw1'] as const

/**
 * Plans host `number` (from 1) of the fleet of `seed`: its kernel, daemons, VMs and events around `now` (milliseconds
 * since the epoch). The same input gives the same plan.
 */
export function planHost(input: { seed: number; number: number; role: Role; now: number }): HostPlan {
  const random = createRandom(input.seed, 'host', input.number)
  const site = SITES[(input.number - 1) % SITES.length] ?? SITES[0]
  const inSite = Math.ceil(input.number / SITES.length)
  const kernel = kernelByRole[input.role] ?? random.pick(KERNELS)
  return {
    role: input.role,
    number: input.number,
    hostId: `demo-${input.seed}-${String(input.number).padStart(4, '0')}-${random.hex(16)}`,
    bootId: drawUuid(createRandom(input.seed, 'boot', input.number, input.now)),
    name: `${site}-hv-${String(inSite).padStart(3, '0')}`,
    site,
    kernel,
    tapNaming: input.role.startsWith('router-namespace') ? 'neutron' : random.pick(['vnet', 'proxmox']),
    unmeasuredReason: input.role === 'not-measurable' ? UNMEASURED_REASON : null,
    lastReportAt: lastReportOf(input.role, input.now),
    segments: planSegments(input.role, { capacity: capacityOf(kernel), random, now: input.now }),
  }
}

/** How many memberships fit: the kernel takes one more while `used + unit < limit`. */
export function capacityOf(kernel: Pick<Kernel, 'unit' | 'limit'>): number {
  return Math.max(0, Math.ceil(kernel.limit / kernel.unit) - 1)
}

function lastReportOf(role: Role, now: number): number | null {
  if (role === 'dark-for-minutes') return now - 40 * MINUTE
  if (role === 'dark-for-hours') return now - 5 * HOUR
  return null
}
