import { countdownBasis } from '@slashzero/contract/rest'
import type { Countdown, RouteCheckState, RouteVerdict, VmState } from '@slashzero/core'
import { limitInstant } from '../tables/instant.ts'
import { ByteReader, ByteWriter } from './byte-codec.ts'

/** What every check of a VM changes, although the check only confirms the verdict. */
export type VmTimes = {
  /** In the order of the VM's checks. */
  readonly checks: readonly CheckTimes[]
  readonly checkedAt: number | null
  readonly expiresAt: number | null
  readonly countdown: Countdown | null
}
/** `lifetime`: the lifetime in seconds that the method's checks showed last. */
type CheckTimes = { readonly checkedAt: number; readonly expiresAt: number | null; readonly lifetime: number | null }

type Timed = Pick<VmState, 'key' | 'route' | 'checks'>

/** Whether SQL sorts by the end of this route: nothing renews the route, or an expected renewal did not come. */
export function endDecides({ status, countdown }: Pick<RouteVerdict, 'status' | 'countdown'>): boolean {
  return countdown !== null && (status === 'expiring' || !countdown.renewable)
}

const BASES = countdownBasis.options

/**
 * The times of a hypervisor's VMs, about 20 bytes for each VM: the hash of the key, then variable-length differences in
 * milliseconds. VMs without a check or countdown, and `namesakes`, are absent: their rows hold their times.
 */
export function encodeTimes(
  vms: readonly (Timed & Pick<VmState, 'memory'>)[],
  observedAt: number,
  { hashes, namesakes }: Hashed,
): Uint8Array {
  const out = new ByteWriter(vms.length * 32)
  const base = Math.round(limitInstant(observedAt))
  out.number(base)
  for (let index = 0; index < vms.length; index++) {
    const vm = vms[index]
    if (vm === undefined) continue
    const { key, route, checks, memory } = vm
    const { countdown } = route
    const [first] = checks
    if ((first === undefined && countdown === null) || namesakes.has(key)) continue
    out.reserve(64 + 32 * checks.length)
    out.fixed(hashes[index] ?? 0)
    out.number(checks.length)
    let near = base
    for (const check of checks) {
      const checkedAt = Math.round(limitInstant(check.checkedAt))
      const lifetime = memory.lifetimes[check.method]
      out.number(checkedAt - near)
      out.optional(check.expiresAt, checkedAt)
      out.number(lifetime === undefined ? 0 : Math.round(lifetime) + 1)
      near = checkedAt
    }
    const checkedAt = first === undefined ? base : Math.round(limitInstant(first.checkedAt))
    const expiresAt = first?.expiresAt == null ? checkedAt : Math.round(limitInstant(first.expiresAt))
    out.optional(route.checkedAt, checkedAt)
    out.optional(route.expiresAt, expiresAt)
    out.optional(countdown?.endsAt ?? null, expiresAt)
    if (countdown !== null) out.number(BASES.indexOf(countdown.basis) * 2 + (countdown.renewable ? 1 : 0))
  }
  return out.bytes()
}

/** The times that `encodeTimes` wrote, by the hash of the VM's key. */
export function decodeTimes(bytes: Uint8Array | null): ReadonlyMap<number, VmTimes> {
  const times = new Map<number, VmTimes>()
  if (bytes === null) return times
  const input = new ByteReader(bytes)
  const base = input.number()
  while (!input.isAtEnd()) times.set(input.fixed(), readTimes(input, base))
  return times
}

/** The times of the VMs with these hashes, which were written in this order; undefined for absent VMs. */
export function decodeInOrder(bytes: Uint8Array, hashes: Uint32Array): (VmTimes | undefined)[] {
  const input = new ByteReader(bytes)
  const base = input.number()
  let next = input.isAtEnd() ? null : input.fixed()
  return Array.from(hashes, (hash) => {
    if (hash !== next) return undefined
    const times = readTimes(input, base)
    next = input.isAtEnd() ? null : input.fixed()
    return times
  })
}

function readTimes(input: ByteReader, base: number): VmTimes {
  const checks: CheckTimes[] = []
  let near = base
  for (let left = input.number(); left > 0; left--) {
    near += input.number()
    const expiresAt = input.optional(near)
    const lifetime = input.number()
    checks.push({ checkedAt: near, expiresAt, lifetime: lifetime === 0 ? null : lifetime - 1 })
  }
  const { checkedAt, expiresAt } = checks[0] ?? { checkedAt: base, expiresAt: null }
  return {
    checks,
    checkedAt: input.optional(checkedAt),
    expiresAt: input.optional(expiresAt ?? checkedAt),
    countdown: readCountdown(input, expiresAt ?? checkedAt),
  }
}

function readCountdown(input: ByteReader, near: number): Countdown | null {
  const endsAt = input.optional(near)
  if (endsAt === null) return null
  const code = input.number()
  const basis = BASES[Math.floor(code / 2)]
  if (basis === undefined) throw new RangeError(`The times of the VMs name an unknown basis: ${code}.`)
  return { endsAt, basis, renewable: code % 2 === 1 }
}

/**
 * The VM with the latest times, if any are known. A time of a check or a verdict replaces only a time: where the row
 * lacks one, or has other checks, the row was written after the times were, or before.
 */
export function withTimes<Vm extends Timed>(vm: Vm, times: VmTimes | undefined): Vm {
  if (times === undefined || times.checks.length !== vm.checks.length) return vm
  const { route } = vm
  const { checkedAt, expiresAt } = times
  const countdown = route.status === 'missing' ? null : times.countdown
  const checks: RouteCheckState[] = []
  for (const check of vm.checks) {
    const latest = times.checks[checks.length] ?? check
    checks.push({ ...check, checkedAt: latest.checkedAt, expiresAt: replace(check.expiresAt, latest.expiresAt) })
  }
  return {
    ...vm,
    route: {
      ...route,
      checkedAt: replace(route.checkedAt, checkedAt),
      expiresAt: replace(route.expiresAt, expiresAt),
      countdown,
    },
    checks,
  }
}

/** The VM as core left it: with the latest times, also in its memory. */
export function recallVm(stored: VmState, times: VmTimes | undefined): VmState {
  const vm = withTimes(stored, times)
  if (times === undefined || vm === stored) return vm
  const { checks, memory } = vm
  const isCurrent = times.checks.every(({ lifetime }, index) => {
    const method = checks[index]?.method
    return method === undefined || lifetime === null || memory.lifetimes[method] === lifetime
  })
  // An equal memory keeps its identity, which comparisons need.
  if (isCurrent) return vm
  const lifetimes = { ...memory.lifetimes }
  for (const [index, { lifetime }] of times.checks.entries()) {
    const method = checks[index]?.method
    if (method !== undefined && lifetime !== null) lifetimes[method] = lifetime
  }
  return { ...vm, memory: { ...memory, lifetimes } }
}

function replace(stored: number | null, latest: number | null): number | null {
  return stored === null ? null : (latest ?? stored)
}

/** The hashes of keys in order, and the keys with the hash of another key, which a host may choose on purpose. */
export type Hashed = { readonly hashes: Uint32Array; readonly namesakes: ReadonlySet<string> }

/** Hashes the keys of VMs. */
export function hashKeys(vms: readonly { readonly key: string }[]): Hashed {
  const hashes = new Uint32Array(vms.length)
  const first = new Map<number, string>()
  const namesakes = new Set<string>()
  for (const [index, { key }] of vms.entries()) {
    const hash = hashOf(key)
    hashes[index] = hash
    const other = first.get(hash)
    if (other === undefined) first.set(hash, key)
    else namesakes.add(key).add(other)
  }
  return { hashes, namesakes }
}

/** FNV-1a, 32 bits, of the UTF-16 code units. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
