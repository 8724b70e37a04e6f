import { messageOf, PUSH_PAUSE_MILLISECONDS, PUSH_REFUSALS } from '@slashzero/contract/report'
import { describePushed, PUSHED_FORMATS, readPushedTable } from '@slashzero/route-table'
import type { DefaultRoute } from '@slashzero/route-table'
import type { ListenAddress } from '../../listen-address.ts'
import type { Vm } from '../../probes/process/identify-vms.ts'
import type { Log } from '../../log.ts'
import type { Clock } from '../../clock.ts'
import { toRun } from '../../probes/to-run.ts'
import { toRouteCheck } from '../route-checker.ts'
import type { RouteChecker } from '../route-checker.ts'
import { keepKey } from './keep-key.ts'
import { PushRefusal, servePushes } from './serve-pushes.ts'
import type { Push } from './serve-pushes.ts'
import { readToken } from './token.ts'
import type { Identity } from './token.ts'

export type GuestPushOptions = {
  readonly listen: ListenAddress
  /** The folder with the key of the tokens. */
  readonly stateDir: string
  readonly clock: Clock
  readonly log: Log
}

type KnownVm = Pick<Vm, 'name' | 'uuid'>

type Kept = { readonly identity: Identity; readonly route: DefaultRoute; readonly checkedAt: number }

/**
 * Lets guests push their routes. The last push between two passes counts, if this host's key made its token and its VM
 * ran here at the last pass. Without a key or address the run says so, and each pass tries again.
 */
export async function startGuestPush({ listen, stateDir, clock, log }: GuestPushOptions): Promise<RouteChecker> {
  let vms: readonly KnownVm[] | null = null
  let pushes = new Map<string, Kept>()
  let pushedAt = new Map<string, number>()
  let serving: Awaited<ReturnType<typeof servePushes>> | null = null
  let problem: string | null = null
  let starting: Promise<void> | null = null
  let stopped = false

  async function serve(): Promise<void> {
    try {
      const key = keepKey(stateDir)
      const served = await servePushes(listen, { admit: (token) => admit(readToken(key, token)), accept })
      if (stopped) return served.close()
      serving = served
      problem = null
      log.info({ url: served.url }, 'guests may push their routes')
    } catch (error) {
      const message = messageOf(error)
      if (message !== problem)
        log.error({ error: message }, 'guests cannot push their routes; correct guest-push-listen, or free the address')
      problem = message
    } finally {
      starting = null
    }
  }

  /** Checks a token before the body is read. Throws PushRefusal. */
  function admit(identity: Identity | null): Identity {
    if (identity === null)
      throw new PushRefusal(
        401,
        'This token is not from this hypervisor; print a token here with: slashzero-collector push-token VM',
      )
    if (vms === null)
      throw new PushRefusal(
        503,
        'This hypervisor has just started and does not know its VMs yet; push again in a minute.',
      )
    const [vm, another] = find(vms, identity)
    const namesake = vms.find(({ name }) => 'name' in identity && name === identity.name)?.uuid ?? null
    if (vm === undefined && namesake !== null) {
      throw new PushRefusal(
        409,
        `The VM of that name has a uuid; print a token for the uuid: slashzero-collector push-token ${namesake}`,
      )
    }
    if (vm === undefined)
      throw new PushRefusal(409, 'This hypervisor does not see a running VM of this token; push again in a minute.')
    if (another !== undefined)
      throw new PushRefusal(
        409,
        'Several VMs here have the name or uuid of this token; a token can speak for one VM only.',
      )
    const pushed = pushedAt.get(keyOf(vm)) ?? -Infinity
    const wait = Math.ceil((PUSH_PAUSE_MILLISECONDS - (clock.monotonic() - pushed)) / 1000)
    if (wait > 0) throw new PushRefusal(429, PUSH_REFUSALS.pause(wait), wait)
    pushedAt.set(keyOf(vm), clock.monotonic())
    return identity
  }

  function accept({ from: identity, format, table }: Push<Identity>): string {
    const route = readPushedTable(format, table)
    if (route === null) throw new PushRefusal(400, PUSH_REFUSALS.unknownFormat(PUSHED_FORMATS))
    pushes.set(JSON.stringify(identity), { identity, route, checkedAt: clock.steady() })
    return describePushed(route)
  }

  await serve()
  return {
    /** Reports each push once. From now on only the VMs of this pass may push. */
    async check({ vms: current }) {
      vms = current
      const taken = pushes
      pushes = new Map()
      pushedAt = new Map(
        current.flatMap((vm) =>
          [keyOf(vm)].flatMap((key) => (pushedAt.has(key) ? [[key, pushedAt.get(key) ?? 0] as const] : [])),
        ),
      )
      if (serving === null) starting ??= serve()
      const routeChecks = [...taken.values()].flatMap((kept) => {
        const [vm, another] = find(current, kept.identity)
        return vm === undefined || another !== undefined ? [] : [toRouteCheck(vm, 'pushed', kept.route, kept.checkedAt)]
      })
      const failures = serving === null ? [problem ?? 'the collector does not listen yet'] : []
      return { routeChecks, run: toRun('guest-push', 0, failures) }
    },
    close() {
      stopped = true
      serving?.close()
    },
  }
}

/** A name matches only VMs without uuid, because somebody can give the name to another VM. */
function find(vms: readonly KnownVm[], identity: Identity): readonly KnownVm[] {
  return vms.filter(({ name, uuid }) =>
    'uuid' in identity ? uuid?.toLowerCase() === identity.uuid : uuid === null && name === identity.name,
  )
}

function keyOf({ name, uuid }: KnownVm): string {
  return JSON.stringify([name, uuid])
}
