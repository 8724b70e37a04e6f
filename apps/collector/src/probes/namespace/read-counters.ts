import { parseDevSnmp6, showBytes } from '@slashzero/linux'
import type { IcmpMark, Link } from '@slashzero/linux'
import type { TapReport } from '@slashzero/contract/report'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { OWN_TABLES } from './list-namespaces.ts'

type Counters = Pick<TapReport, 'routerSolicitsIn' | 'routerAdvertsIn' | 'routerAdvertsOut'>

/**
 * Returns `gone` if the interface was deleted, or replaced by an interface of the same name, since the links were read.
 */
export type CounterReader = (link: Link, runs: RunRecorder) => Counters | 'gone'

/**
 * Reads counters of interfaces, 20 µs each. Counters whose mark was the same object in two passes (a message and its
 * type are counted one after the other) are reused for at most 32 passes. Call once a pass per namespace.
 */
export function createCounterReader(
  kernel: Kernel,
): (namespace: number, markOf: (ifindex: number) => IcmpMark | null, runs: RunRecorder) => CounterReader {
  let before = new Map<number, Map<number, Reading>>()
  let known = new Map<number, Map<number, Reading>>()
  let latest: RunRecorder | null = null
  let pass = 0
  let marksReliable = true
  return (namespace, markOf, current) => {
    if (current !== latest) {
      before = known
      known = new Map()
      latest = current
      pass += 1
    }
    const last = before.get(namespace)
    const next = new Map<number, Reading>()
    known.set(namespace, next)
    return (link, runs) => {
      const { ifindex } = link
      const mark = markOf(ifindex)
      const reading = last?.get(ifindex)
      const same = reading !== undefined && reading.mark === mark
      if (same && reading.differed) marksReliable = false
      if (same && reading.settled && (ifindex + pass) % TRY_EVERY !== 0) {
        next.set(ifindex, reading)
        return reading.counters
      }
      const counters = readCounters(kernel, link, runs)
      // Every pass must say what could not be read.
      if (counters === 'gone' || mark === null || Object.values(counters).includes(null)) return counters
      const differed = same && reading.settled && !isEqual(counters, reading.counters)
      if (marksReliable) next.set(ifindex, { mark, settled: same && !differed, differed, counters })
      return counters
    }
  }
}

/**
 * `differed`: the counters changed and the mark did not. If a message came after the reading of the link, the next mark
 * changes.
 */
type Reading = { mark: IcmpMark; settled: boolean; differed: boolean; counters: Counters }

/** Passes from one reading of a file to the next if nothing changes. */
const TRY_EVERY = 32

function readCounters(kernel: Kernel, link: Link, runs: RunRecorder): Counters | 'gone' {
  // An interface without IPv6 has no counters.
  if (link.forwarding === null || runs.isLate('counters')) return UNREAD
  const file = `${OWN_TABLES}/dev_snmp6/${link.name}`
  return runs.attempt(
    'counters',
    () => {
      try {
        const { ifindex, beyondRange, ...counters } = parseDevSnmp6(kernel.readText(file), file)
        if (ifindex !== link.ifindex) return 'gone'
        for (const key of beyondRange) runs.failed('counters', `${showBytes(file)}: ${key} is beyond 2^53 - 1`)
        return counters
      } catch (error) {
        if (isRefusal(error, 'ENOENT', 'ENODEV')) return 'gone'
        throw error
      }
    },
    UNREAD,
  )
}

export const UNREAD: Counters = { routerSolicitsIn: null, routerAdvertsIn: null, routerAdvertsOut: null }

function isEqual(one: Counters, other: Counters): boolean {
  return (
    one.routerSolicitsIn === other.routerSolicitsIn &&
    one.routerAdvertsIn === other.routerAdvertsIn &&
    one.routerAdvertsOut === other.routerAdvertsOut
  )
}
