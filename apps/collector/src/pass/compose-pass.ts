import type { Settings } from '../config/index.ts'
import type { Host } from '../host/read-host.ts'
import type { Kernel } from '../io/kernel.ts'
import { offLinkNetwork } from '../io/off-link-network.ts'
import { checkKnownVms } from '../route-checks/guest-agent/check-known-vms.ts'
import { createGuestRouteChecker } from '../route-checks/guest-agent/create-guest-route-checker.ts'
import type { GuestPush } from '../route-checks/guest-push/start-guest-push.ts'
import { createOffLinkChecker } from '../route-checks/off-link/create-off-link-checker.ts'
import { steadyNow } from '../steady-now.ts'
import { createPass } from './create-pass.ts'
import type { Pass, PassOptions } from './create-pass.ts'

type RouteCheckSettings = Pick<Settings, 'guestAgents' | 'offLinkSource' | 'offLinkTcpPorts' | 'guestPushListen'>

export type ComposeOptions = Pick<PassOptions, 'watch' | 'takePushed' | 'advertisements' | 'questions'> & {
  kernel: Kernel
  host: Host
  /** Default: no route check is configured. */
  settings?: RouteCheckSettings
  /** The longest that guests may take to answer. */
  routeMilliseconds: number
  /** The shortest time between two checks of one VM. */
  routeIntervalMilliseconds?: number
}

/** Composes a pass over this machine from the route checkers that the settings ask for. `close` ends the conversations with guests. */
export function composePass({
  settings = NO_ROUTE_CHECKS,
  routeMilliseconds,
  routeIntervalMilliseconds,
  takePushed = settings.guestPushListen === null ? undefined : takeNone,
  ...options
}: ComposeOptions): { pass: Pass; close: () => void } {
  const { guestAgents, offLinkSource: source, offLinkTcpPorts: tcpPorts } = settings
  const { kernel } = options
  const clock = () => performance.now()
  const checker = createGuestRouteChecker({
    deadlineMilliseconds: routeMilliseconds,
    now: steadyNow,
    ...(routeIntervalMilliseconds === undefined ? {} : { intervalMilliseconds: routeIntervalMilliseconds }),
  })
  const pass = createPass({
    ...options,
    checkRoutes: checkKnownVms(checker, guestAgents),
    checkOffLink:
      source === null
        ? undefined
        : createOffLinkChecker({ kernel, network: offLinkNetwork, source, tcpPorts, now: steadyNow, monotonic: clock }),
    now: Date.now,
    steady: steadyNow,
    clock,
    takePushed,
  })
  return { pass, close: checker.close }
}

const NO_ROUTE_CHECKS: RouteCheckSettings = {
  guestAgents: new Map(),
  offLinkSource: null,
  offLinkTcpPorts: [],
  guestPushListen: null,
}

/** Only the service receives pushes; any other command reports that guest push is absent. */
function takeNone(): ReturnType<GuestPush['take']> {
  return {
    routeChecks: [],
    run: {
      probe: 'guest-push',
      outcome: 'absent',
      milliseconds: 0,
      error: 'VMs push to the service that runs, not to this command',
    },
  }
}
