import type { RouteCheckState, RouteVerdict, SocketState, VmMemory, VmState } from '@slashzero/core'
import { endDecides } from '../vm/times.ts'
import { isSame } from './same.ts'

/**
 * Whether a check only confirmed a VM's route, as in almost every report of a host with guest agents: only times differ
 * that the pulse holds, so the row need not be written.
 */
export function isRecheck(before: VmState, after: VmState): boolean {
  return (
    before.name === after.name &&
    before.uuid === after.uuid &&
    isSameButTimes(before.route, after.route) &&
    isSameKeys(before.tapKeys, after.tapKeys) &&
    isSameMemory(before.memory, after.memory) &&
    before.checks.length === after.checks.length &&
    after.checks.every((check, index) => isSameCheck(before.checks[index], check))
  )
}

function isSameKeys(before: readonly string[], after: readonly string[]): boolean {
  return before === after || (before.length === after.length && after.every((key, index) => key === before[index]))
}

function isSameButTimes(before: RouteVerdict, after: RouteVerdict): boolean {
  return (
    before.status === after.status &&
    before.reason === after.reason &&
    before.since === after.since &&
    before.method === after.method &&
    before.gateway === after.gateway &&
    before.cause === after.cause &&
    (before.checkedAt === null) === (after.checkedAt === null) &&
    (before.expiresAt === null) === (after.expiresAt === null) &&
    isSameCountdown(before, after)
  )
}

function isSameCountdown(before: RouteVerdict, after: RouteVerdict): boolean {
  return !endDecides(before) && !endDecides(after) ? true : isSame(before.countdown, after.countdown)
}

/** The pulse holds the lifetimes, which differ a little after every renewal. */
function isSameMemory(before: VmMemory, after: VmMemory): boolean {
  return before === after || isSame({ ...before, lifetimes: null }, { ...after, lifetimes: null })
}

function isSameCheck(before: RouteCheckState | undefined, after: RouteCheckState): boolean {
  return (
    before !== undefined &&
    before.method === after.method &&
    before.defaultRoute === after.defaultRoute &&
    before.reason === after.reason &&
    before.gateway === after.gateway &&
    (before.expiresAt === null) === (after.expiresAt === null)
  )
}

/** Whether only the trend of a socket differs, which the pulse holds. */
export function isSameSocket(before: SocketState, after: SocketState): boolean {
  return isSame({ ...before, trend: null }, { ...after, trend: null })
}
