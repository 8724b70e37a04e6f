import { countdownBasis } from '@slashzero/contract/rest'
import type { Countdown, RouteVerdict, VmState } from '@slashzero/core'
import { limitInstant } from '../tables/instant.ts'

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
 * milliseconds. VMs without a check or countdown, and VMs in `namesakes`, are absent: their rows hold their times.
 */
export function encodeTimes(
  vms: readonly (Timed & Pick<VmState, 'memory'>)[],
  observedAt: number,
  namesakes: ReadonlySet<string>,
): Uint8Array {
  const out = new Writer(vms.length * 32)
  const base = Math.round(limitInstant(observedAt))
  out.number(base)
  for (const { key, route, checks, memory } of vms) {
    const { countdown } = route
    const [first] = checks
    if ((first === undefined && countdown === null) || namesakes.has(key)) continue
    out.fixed(hashOf(key))
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
  const input = new Reader(bytes)
  const base = input.number()
  while (!input.isAtEnd()) {
    const hash = input.fixed()
    const checks: CheckTimes[] = []
    let near = base
    for (let left = input.number(); left > 0; left--) {
      near += input.number()
      const expiresAt = input.optional(near)
      const lifetime = input.number()
      checks.push({ checkedAt: near, expiresAt, lifetime: lifetime === 0 ? null : lifetime - 1 })
    }
    const { checkedAt, expiresAt } = checks[0] ?? { checkedAt: base, expiresAt: null }
    times.set(hash, {
      checks,
      checkedAt: input.optional(checkedAt),
      expiresAt: input.optional(expiresAt ?? checkedAt),
      countdown: readCountdown(input, expiresAt ?? checkedAt),
    })
  }
  return times
}

function readCountdown(input: Reader, near: number): Countdown | null {
  const endsAt = input.optional(near)
  if (endsAt === null) return null
  const code = input.number()
  const basis = BASES[Math.floor(code / 2)]
  if (basis === undefined) throw new RangeError(`The times of the VMs name an unknown basis: ${code}.`)
  return { endsAt, basis, renewable: code % 2 === 1 }
}

/**
 * The VM with the latest times. A time of a check or a verdict replaces only a time: where the row lacks one, or has
 * other checks, the row was written after the times were, or before.
 */
export function withTimes<Vm extends Timed>(vm: Vm, times: ReadonlyMap<number, VmTimes>): Vm {
  const own = times.get(hashOf(vm.key))
  if (own === undefined || own.checks.length !== vm.checks.length) return vm
  const { route } = vm
  return {
    ...vm,
    route: {
      ...route,
      checkedAt: replace(route.checkedAt, own.checkedAt),
      expiresAt: replace(route.expiresAt, own.expiresAt),
      countdown: route.status === 'missing' ? null : own.countdown,
    },
    checks: vm.checks.map((check, index) => {
      const { checkedAt, expiresAt } = own.checks[index] ?? check
      return { ...check, checkedAt, expiresAt: replace(check.expiresAt, expiresAt) }
    }),
  }
}

/** The VM as core left it: with the latest times, also in its memory. */
export function recallVm<Vm extends Timed & Pick<VmState, 'memory'>>(
  stored: Vm,
  times: ReadonlyMap<number, VmTimes>,
): Vm {
  const vm = withTimes(stored, times)
  if (vm === stored) return vm
  const lifetimes = { ...vm.memory.lifetimes }
  for (const [index, { lifetime }] of (times.get(hashOf(vm.key))?.checks ?? []).entries()) {
    const method = vm.checks[index]?.method
    if (method !== undefined && lifetime !== null) lifetimes[method] = lifetime
  }
  return { ...vm, memory: { ...vm.memory, lifetimes } }
}

function replace(stored: number | null, latest: number | null): number | null {
  return stored === null ? null : (latest ?? stored)
}

const NONE: ReadonlySet<string> = new Set()

/** The keys with the same hash as another key. A host may choose names so; their times stay in their rows. */
export function findNamesakes(vms: readonly { readonly key: string }[]): ReadonlySet<string> {
  const first = new Map<number, string>()
  let found: Set<string> | undefined
  for (const { key } of vms) {
    const hash = hashOf(key)
    const other = first.get(hash)
    if (other === undefined) first.set(hash, key)
    else (found ??= new Set()).add(key).add(other)
  }
  return found ?? NONE
}

/** FNV-1a, 32 bits, of the UTF-16 code units. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** Whole numbers up to 2^52 in groups of seven bits, small numbers of either sign first (LEB128 of a zigzag). */
class Writer {
  private buffer: Uint8Array
  private length = 0

  constructor(size: number) {
    this.buffer = new Uint8Array(size + 64)
  }

  number(whole: number) {
    let rest = whole < 0 ? -2 * whole - 1 : 2 * whole
    this.reserve()
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.buffer[this.length++] = rest
  }

  /** A time: 0 is null; other numbers are the difference from `near`, moved by one unless below 0. */
  optional(value: number | null, near: number) {
    const difference = value === null ? null : Math.round(limitInstant(value)) - near
    this.number(difference === null ? 0 : difference < 0 ? difference : difference + 1)
  }

  fixed(value: number) {
    this.reserve()
    for (const shift of [0, 8, 16, 24]) this.buffer[this.length++] = (value >>> shift) & 0xff
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length)
  }

  private reserve() {
    if (this.length + 16 <= this.buffer.length) return
    const larger = new Uint8Array(this.buffer.length * 2)
    larger.set(this.buffer)
    this.buffer = larger
  }
}

class Reader {
  private at = 0
  private readonly source: Uint8Array

  constructor(source: Uint8Array) {
    this.source = source
  }

  isAtEnd(): boolean {
    return this.at >= this.source.length
  }

  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value % 2 === 1 ? -(value + 1) / 2 : value / 2
    }
  }

  optional(near: number): number | null {
    const value = this.number()
    if (value === 0) return null
    return near + (value < 0 ? value : value - 1)
  }

  fixed(): number {
    let value = 0
    for (const shift of [0, 8, 16, 24]) value |= this.byte() << shift
    return value >>> 0
  }

  private byte(): number {
    const byte = this.source[this.at++]
    if (byte === undefined) throw new RangeError('The times of the VMs end in the middle of a number.')
    return byte
  }
}
