import type { Settings } from '../config/index.ts'
import { offLinkNetwork } from '../io/off-link-network.ts'
import { toRun } from '../probes/to-run.ts'
import { createGuestAgentChecker } from '../route-checks/guest-agent/create-guest-agent-checker.ts'
import { createGuestRouteChecker } from '../route-checks/guest-agent/create-guest-route-checker.ts'
import { createOffLinkChecker } from '../route-checks/off-link/create-off-link-checker.ts'
import type { RouteChecker } from '../route-checks/route-checker.ts'
import { createPass } from './create-pass.ts'
import type { Pass, PassOptions } from './create-pass.ts'

type RouteCheckSettings = Pick<Settings, 'guestAgents' | 'offLinkSource' | 'offLinkTcpPorts' | 'guestPushListen'>

export type ComposeOptions = Pick<
  PassOptions,
  'kernel' | 'host' | 'clock' | 'watch' | 'advertisements' | 'searchMilliseconds'
> & {
  /** Default: no route check is configured. */
  settings?: RouteCheckSettings
  /**
   * Receives the routes that guests push. Default: if guest push is configured, the report says that this command has
   * none.
   */
  guestPush?: RouteChecker | null
  /** The longest that guests may take to answer. */
  routeMilliseconds: number
  /** The shortest time between two checks of one VM. */
  routeIntervalMilliseconds?: number
}

/** Composes a pass over this machine with the route checkers that the settings ask for. `close` closes the checkers. */
export function composePass({
  settings = NO_ROUTE_CHECKS,
  routeMilliseconds: deadlineMilliseconds,
  routeIntervalMilliseconds: intervalMilliseconds,
  guestPush = settings.guestPushListen === null ? null : NO_GUEST_PUSH,
  ...options
}: ComposeOptions): { pass: Pass; close: () => void } {
  const { guestAgents, offLinkSource: source, offLinkTcpPorts: tcpPorts } = settings
  const { kernel, clock } = options
  const guests = createGuestRouteChecker({ deadlineMilliseconds, intervalMilliseconds, clock })
  const offLink = source && createOffLinkChecker({ kernel, network: offLinkNetwork, source, tcpPorts, clock })
  const checkers = [createGuestAgentChecker(guests, guestAgents, clock), offLink, guestPush]
  const routeCheckers = checkers.filter((one) => one !== null && one !== '')
  return {
    pass: createPass({ ...options, routeCheckers }),
    close: () => routeCheckers.forEach((one) => one.close()),
  }
}

/** The search time for stale memberships if hardly another pass follows: about 400,000 interface indexes. */
export const LONG_SEARCH_MILLISECONDS = 1000

const NO_ROUTE_CHECKS: RouteCheckSettings = {
  guestAgents: new Map(),
  offLinkSource: null,
  offLinkTcpPorts: [],
  guestPushListen: null,
}

const NO_GUEST_PUSH: RouteChecker = {
  check: async () => ({
    routeChecks: [],
    run: {
      ...toRun('guest-push', 0, ['VMs push their routes to the service, not to this command']),
      outcome: 'absent',
    },
  }),
  close: () => undefined,
}
