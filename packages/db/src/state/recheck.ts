import type { RouteCheckState, RouteVerdict, SocketState, VmState } from '@slashzero/core'
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
    isSame(before.tapKeys, after.tapKeys) &&
    isSame(before.memory, after.memory) &&
    before.checks.length === after.checks.length &&
    after.checks.every((check, index) => isSameCheck(before.checks[index], check))
  )
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

/** SQL sorts by the end of a route that nothing may renew, so such an end is written. */
function isSameCountdown({ countdown: before }: RouteVerdict, { status, countdown: after }: RouteVerdict): boolean {
  if (before === null || after === null) return before === after
  const isRenewed = status !== 'expiring' && after.renewable
  return (
    before.basis === after.basis &&
    before.renewable === after.renewable &&
    (isRenewed || before.endsAt === after.endsAt)
  )
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
