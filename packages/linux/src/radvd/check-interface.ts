import { isBefore } from './is-before.ts'
import type { RadvdInterface } from './parse-radvd-conf.ts'

/** A setting that makes radvd leave its interface alone. */
export type RadvdRefusal = {
  option: string
  value: number
  min: number
  /** Null if there is no upper bound. */
  max: number | null
  /** The first version that takes the value, if the running version is not known. */
  before?: string
}

/**
 * The settings for which radvd logs an error and does not join on the interface (interface.c, check_iface of 2.17 to
 * 2.21; defaults.h). `version`: of the running radvd, null if unknown; `mtu`: of the interface, null if unknown.
 */
export function checkRadvdInterface(
  { minIntervalSeconds, maxIntervalSeconds, routerLifetimeSeconds, settings }: RadvdInterface,
  version: string | null,
  mtu: number | null,
): RadvdRefusal[] {
  const { homeAgent, homeAgentInfo, intervalOption, routerAddress } = settings
  const mobile = homeAgent || homeAgentInfo || intervalOption || routerAddress
  const longest = isBefore(version, RFC_8319) ? 1800 : 65_535
  const longestLifetime = isBefore(version, RFC_8319) ? 9000 : 65_535
  const refusals: RadvdRefusal[] = []
  const check = (option: string, value: number, min: number, max: number | null, later: number | null = null) => {
    if (value >= min && (max === null || value <= max)) return
    const depends = version === null && later !== null && value >= min && value <= later
    refusals.push({ option, value, min, max, ...(depends ? { before: RFC_8319 } : {}) })
  }
  check('MinRtrAdvInterval', minIntervalSeconds, mobile ? 0.03 : 3, 0.75 * maxIntervalSeconds)
  check('MaxRtrAdvInterval', maxIntervalSeconds, mobile ? 0.07 : 4, longest, 65_535)
  check('MinDelayBetweenRAs', settings.minDelaySeconds, mobile ? 0.03 : 3, null)
  if (settings.linkMtu !== 0) check('AdvLinkMTU', settings.linkMtu, 1280, mtu)
  check('AdvReachableTime', settings.reachableMilliseconds, 0, 3_600_000)
  if (routerLifetimeSeconds !== 0)
    check('AdvDefaultLifetime', routerLifetimeSeconds, Math.max(1, maxIntervalSeconds), longestLifetime, 65_535)
  if (homeAgentInfo) check('HomeAgentLifetime', settings.homeAgentLifetimeSeconds, 1, 65_520)
  if (homeAgentInfo) check('AdvHomeAgentFlag', Number(homeAgent), 1, null)
  if (settings.mobileRouterSupport) check('AdvHomeAgentInfo', Number(homeAgentInfo), 1, null)
  return refusals
}

/** The version whose bounds are those of RFC 8319. */
const RFC_8319 = '2.21'
