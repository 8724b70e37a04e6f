import { parseUptime } from '@slashzero/linux'
import type { NamespaceReport, Report, RouteCheckReport } from '@slashzero/contract/report'
import type { AdvertisementWatch } from '../advertisements/create-advertisement-watch.ts'
import type { Host } from '../host/read-host.ts'
import type { Clock } from '../clock.ts'
import type { Kernel } from '../io/kernel.ts'
import type { RouteChecker } from '../route-checks/route-checker.ts'
import { createCalibration } from '../probes/sender/calibrate-membership.ts'
import { confirmTaps } from '../probes/namespace/confirm-taps.ts'
import { createHolderFinder } from '../probes/process/find-holders.ts'
import { createVmIdentifier } from '../probes/process/identify-vms.ts'
import { createConfigurationReader } from '../probes/configuration/read-configurations.ts'
import { listNamespaces } from '../probes/namespace/list-namespaces.ts'
import { createProcessList } from '../probes/process/list-processes.ts'
import { createSenderReader } from '../probes/sender/read-senders.ts'
import { createVersionReader } from '../probes/sender/read-version.ts'
import { createSurveyor } from '../probes/namespace/survey-namespace.ts'
import type { Survey } from '../probes/namespace/survey-namespace.ts'
import type { LinkWatch } from '../watch/link-watch.ts'
import { addNamedTaps, listListeners } from './add-named-taps.ts'
import { assignVms } from './assign-vms.ts'
import { blankAmbiguousVms } from './blank-ambiguous-vms.ts'
import { createUnreadFinder } from './find-unread.ts'
import { createWantedLister } from './list-wanted.ts'
import { createSurveyOrder } from './order-surveys.ts'
import { createTapReporter } from './report-taps.ts'
import { recordRuns } from '../probes/record-runs.ts'

export type PassOptions = {
  kernel: Kernel
  host: Host
  routeCheckers: readonly RouteChecker[]
  /** Hears Router Advertisements between the passes; undefined if no setting asks for that. */
  advertisements?: Pick<AdvertisementWatch, 'follow' | 'list' | 'takeRun'> | undefined
  clock: Clock
  /** The search time for stale memberships in one pass, in milliseconds; the next pass continues the search. */
  searchMilliseconds: number
  /** Watches the namespaces between the passes. */
  watch?: Pick<LinkWatch, 'follow' | 'takeRun'> | undefined
}

/**
 * A pass reads the whole machine and returns a report. A failed probe leaves its values null or missing, and its run
 * says why. Keep the function: a pass reuses earlier readings. An aborted `patience` ends the wait for guests.
 */
export function createPass({
  kernel,
  host,
  routeCheckers,
  advertisements,
  clock,
  searchMilliseconds,
  watch,
}: PassOptions): Pass {
  const calibrate = createCalibration(kernel)
  const listProcesses = createProcessList(kernel)
  const survey = createSurveyor(kernel)
  const findHolders = createHolderFinder(kernel)
  const identifyVms = createVmIdentifier(kernel)
  const beginSenders = createSenderReader(kernel, clock, searchMilliseconds)
  const addVersions = createVersionReader(kernel)
  const addConfigurations = createConfigurationReader(kernel, clock)
  const surveyAll = createSurveyOrder(clock, SURVEY_MILLISECONDS)
  const findUnread = createUnreadFinder()
  const listWanted = createWantedLister()
  const reportTaps = createTapReporter()
  let sequence = 0

  return async (patience) => {
    const [observed, since] = [clock.wall(), clock.monotonic()]
    const set = observed - clock.steady()
    const uptime = parseUptime(kernel.readText('/proc/uptime'))
    // The uptime makes the sequence rise over restarts of the collector within a boot, and nothing has to be stored.
    sequence = Math.max(sequence + 1, uptime)
    const runs = recordRuns(clock, PROBE_MILLISECONDS)

    const membershipBytes = calibrate(runs)
    const processes = listProcesses(runs, uptime)
    const listed = listNamespaces(kernel, processes, runs)
    const surveys = surveyAll(listed, (namespace) => survey(namespace, runs), runs)
    const index = findHolders(processes, listWanted(surveys), runs)
    const vms = await identifyVms(processes, index, runs)
    const inhabited = new Set(vms.map(({ namespace }) => namespace))
    const readSenders = beginSenders()
    watch?.follow(surveys.filter((one) => isWatched(one) || isUseful(one, inhabited)).map(({ namespace }) => namespace))
    const surveyed = surveys
      .filter((one) => isUseful(one, inhabited))
      .map((one): NamespaceReport => {
        const { namespace, limit, joinedInterfaces } = one
        const { id, name } = namespace
        const { optmemMaxBytes, optmemMaxSource } = limit
        const senders = readSenders(one, index, membershipBytes, runs)
        return {
          id,
          name,
          optmemMaxBytes,
          optmemMaxSource,
          joinedInterfaces,
          senders,
          taps: [],
        }
      })
    const configured = await addConfigurations(await addVersions(surveyed), listListeners(surveys), runs)
    const complete = addNamedTaps(surveys, configured, runs)
    const doubtful = confirmTaps(kernel, complete, index.fresh, runs)
    const ownerOf = assignVms(vms, complete, doubtful)
    advertisements?.follow(complete.filter((one) => one.namespace.entrance === null || one.taps.length > 0))
    const tapsOf = new Map(
      complete.map(({ namespace: { id }, taps }) => [
        id,
        reportTaps(taps, ownerOf, (ifindex) => advertisements?.list(id, ifindex)),
      ]),
    )
    const namespaces = configured.map((one) => Object.assign(one, { taps: tapsOf.get(one.id) ?? [] }))
    const unread = findUnread(listed, complete, namespaces)
    const answers = await Promise.all(
      routeCheckers.map((one) => one.check({ vms, surveys: complete, ownerOf }, patience)),
    )
    const found = answers.flatMap((one) => one.routeChecks)
    const routeChecks = bringToWallClock(blankAmbiguousVms(found, vms), set)
    const observedAt = new Date(observed).toISOString()
    // Both times come from one clock, so the report's age stays right if somebody sets the clock.
    const sentAt = new Date(observed + clock.monotonic() - since).toISOString()
    const listening = [watch, advertisements].filter((one) => one !== undefined)
    const told = [...runs.list(), ...answers.map(({ run }) => run), ...listening.map((one) => one.takeRun())]
    const unreadNamespaces = unread.length === 0 ? {} : { unreadNamespaces: unread }
    return {
      version: 1,
      sequence,
      observedAt,
      sentAt,
      host,
      membershipBytes,
      namespaces,
      ...unreadNamespaces,
      routeChecks,
      runs: told,
    }
  }
}

export type Pass = (patience?: AbortSignal) => Promise<Report>

const PROBE_MILLISECONDS = 5000
const SURVEY_MILLISECONDS = 5000

/**
 * Corrects the times of checks by `set`, the milliseconds that the wall clock was moved, so that the server sees their
 * true age.
 */
function bringToWallClock(checks: RouteCheckReport[], set: number): RouteCheckReport[] {
  if (Math.abs(set) < 1000) return checks
  return checks.map((check) =>
    Object.assign({}, check, { checkedAt: new Date(Date.parse(check.checkedAt) + set).toISOString() }),
  )
}

function isUseful({ rawSockets, taps, namespace }: Survey, inhabited: ReadonlySet<number | null>): boolean {
  return rawSockets.length > 0 || taps.length > 0 || inhabited.has(namespace.id)
}

/**
 * The own namespace always counts. An unreadable namespace counts too, so that the run of the watch reports the
 * failure.
 */
function isWatched({ namespace, links }: Survey): boolean {
  return namespace.entrance === null || links === null
}
