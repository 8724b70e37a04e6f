import { mayHide, toVisible } from '@slashzero/contract/report'
import { tightestSocket } from '@slashzero/core'
import type { Diagnosis, SenderDiagnosis, Status } from './diagnosis.ts'

/** The plugin status that Nagios and Checkmk know; also doctor's exit status. */
export const EXIT_STATUS: Record<Status, number> = { healthy: 0, 'at-risk': 1, broken: 2, unknown: 3 }

/**
 * One line for Nagios: status, text, bar, `'label'=value[UOM];warn;crit;min;max` (Monitoring Plugins guidelines). The
 * socket with the least headroom stands for the machine, so that labels stay the same.
 */
export function renderNagios(diagnosis: Diagnosis): string {
  const performance = listMetrics(diagnosis).map(({ name, value, unit, critical, min, max }) => {
    return `'${name}'=${value}${unit};;${critical ?? ''};${min};${max ?? ''}`
  })
  const text = diagnosis.summary.replaceAll('|', '/')
  return `SLASHZERO ${NAGIOS[diagnosis.status]} - ${text}${performance.length === 0 ? '' : ` | ${performance.join(' ')}`}\n`
}

const NAGIOS: Record<Status, string> = { healthy: 'OK', 'at-risk': 'WARNING', broken: 'CRITICAL', unknown: 'UNKNOWN' }

/**
 * Lines of a Checkmk local check, `STATUS "SERVICE" METRICS TEXT`: one for the machine as a whole, one for the VMs'
 * default routes.
 */
export function renderCheckmk(diagnosis: Diagnosis): string {
  const metrics = listMetrics(diagnosis)
  const show = (wanted: (name: string) => boolean): string => {
    const shown = metrics.filter(({ name }) => wanted(name))
    return (
      shown
        .map(({ name, value, critical, min, max }) => `${name}=${value};;${critical ?? ''};${min};${max ?? ''}`)
        .join('|') || '-'
    )
  }
  const isRoute = (name: string): boolean => name.startsWith('vms_')
  // Checkmk reads a backslash followed by n as a line break.
  const line = (status: Status, service: string, figures: string, text: string): string => {
    return `${EXIT_STATUS[status]} "${service}" ${figures} ${text.replaceAll('\\', '/').replaceAll('|', '/')}\n`
  }
  const [hypervisor, routes] = SERVICES
  return (
    line(
      diagnosis.status,
      hypervisor,
      show((name) => !isRoute(name)),
      diagnosis.summary,
    ) + line(routeStatus(diagnosis), routes, show(isRoute), describeRoutes(diagnosis))
  )
}

/** Why there is no diagnosis, as the output of a plugin; null for other formats. */
export function renderFailure(format: string, reason: string): { text: string; exitCode: number } | null {
  const text = toVisible(reason.replaceAll('\n', '; ')).replaceAll(/[|\\]/g, '/')
  if (format === 'nagios') return { text: `SLASHZERO UNKNOWN - ${text}\n`, exitCode: EXIT_STATUS.unknown }
  if (format !== 'checkmk') return null
  return { text: SERVICES.map((service) => `3 "${service}" - ${text}\n`).join(''), exitCode: 0 }
}

const SERVICES = ['Slashzero hypervisor', 'Slashzero default routes'] as const

type Metric = { name: string; value: number; unit: string; critical: number | null; min: number; max: number | null }

function listMetrics(diagnosis: Diagnosis): Metric[] {
  const { namespaces, vms } = diagnosis
  const sockets = namespaces.flatMap(({ senders, optmemMaxBytes }) =>
    senders.map((sender) => ({ ...sender, optmemMaxBytes })),
  )
  // An unmeasured socket may be the tightest.
  const socket = sockets.some(({ optmemBytes }) => optmemBytes === null) ? null : tightestSocket(sockets)
  return [
    ...(socket === null ? [] : listSocketMetrics(socket, socket.optmemMaxBytes)),
    ...(findBlindness(diagnosis) === null ? listVmMetrics(vms) : []),
  ]
}

/** Why VMs may run here unseen; null if nothing hides VMs. */
function findBlindness({ vms, unread }: Diagnosis): string | null {
  if (vms.length > 0) return null
  return unread.find(({ probe }) => mayHide(probe, 'vms'))?.error ?? null
}

/** An unknown value has no figure: 0 would claim a measurement. */
function listSocketMetrics(
  { optmemBytes, staleMemberships, joinsLeft, sendsBlockedAtBytes }: SenderDiagnosis,
  limit: number | null,
): Metric[] {
  const metric = (name: string, value: number | null, rest: Partial<Metric> = {}): Metric[] => {
    return value === null ? [] : [{ name, value, unit: '', critical: null, min: 0, max: null, ...rest }]
  }
  return [
    // A threshold is the highest healthy value.
    ...metric('optmem', optmemBytes, {
      unit: 'B',
      critical: sendsBlockedAtBytes === null ? null : sendsBlockedAtBytes - 1,
      max: limit,
    }),
    ...metric('stale_memberships', staleMemberships),
    ...metric('joins_left', joinsLeft),
  ]
}

function listVmMetrics(vms: Diagnosis['vms']): Metric[] {
  const count = (status: string): number => vms.filter(({ route }) => route.status === status).length
  const metric = { unit: '', critical: null, min: 0, max: vms.length }
  return [
    { ...metric, name: 'vms_missing_route', value: count('missing'), critical: 0 },
    { ...metric, name: 'vms_unknown_route', value: count('unknown') },
  ]
}

/** The status of the routes alone: unknown if no VM could tell, or if no VM could be seen. */
function routeStatus(diagnosis: Diagnosis): Status {
  if (findBlindness(diagnosis) !== null) return 'unknown'
  const { vms } = diagnosis
  const statuses = vms.map(({ route }) => route.status)
  if (statuses.includes('missing')) return 'broken'
  if (statuses.includes('expiring')) return 'at-risk'
  return statuses.length > 0 && statuses.every((status) => status === 'unknown') ? 'unknown' : 'healthy'
}

function describeRoutes(diagnosis: Diagnosis): string {
  const blindness = findBlindness(diagnosis)
  if (blindness !== null) return `no VM could be seen: ${blindness}`
  const { vms } = diagnosis
  const by = (status: string): string[] => vms.filter(({ route }) => route.status === status).map(({ name }) => name)
  const missing = by('missing')
  const dark =
    missing.length === 0
      ? 'no VM is known to lack its ::/0'
      : `no ::/0: ${missing.slice(0, 8).join(', ')}${missing.length > 8 ? ` and ${missing.length - 8} more` : ''}`
  return `${dark}; ${vms.length === 1 ? '1 VM' : `${vms.length} VMs`}, ${by('unknown').length} unknown`
}
