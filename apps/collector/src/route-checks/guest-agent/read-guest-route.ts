import { readLinuxRoutes, readNetstat, readNetworkGetRoute, readRoutePrint } from '@slashzero/route-table'
import type { DefaultRoute } from '@slashzero/route-table'
import { isRecord, RefusedCommand } from './conversation/open-conversation.ts'
import type { Conversation } from './conversation/open-conversation.ts'

/** The known abilities of an agent, kept between the checks of one VM. */
export type AgentMemory = { givesRoutes: boolean | null; osId: string | null }

type RouteCommand = { path: string; arg: string[]; read: (output: string) => DefaultRoute }

/**
 * Prints only the rules and routes that concern the default route. The exit status tells an empty list from a failure.
 */
const LINUX_SCRIPT = `PATH=$PATH:/usr/sbin:/sbin:/usr/bin:/bin
[ -e /proc/net/if_inet6 ] || echo '#no-ipv6'
echo '#rule'
ip -6 rule 2>/dev/null
echo '#route'
{ error=$(ip -6 route show default table all 2>&1 >&3); status=$?; } 3>&1
echo "#exit $status"
[ $status = 0 ] || printf '#error\\n%s\\n' "$error"
command -v ip >/dev/null || { echo '#proc'; cat /proc/net/ipv6_route; }
echo '#end'
`

/**
 * Asks a guest's agent for its default route. A route from guest-network-get-route is checked with the guest's route
 * command, because only the command shows lifetimes and rules. Rejects if the agent does not answer.
 */
export async function readGuestRoute(agent: Conversation, memory: AgentMemory): Promise<DefaultRoute> {
  const listed = await readListedRoute(agent, memory)
  if (listed?.state === 'absent' || (listed?.state === 'present' && listed.reason === null)) return listed
  try {
    return await runRouteCommand(agent, await chooseCommand(agent, memory))
  } catch (error) {
    if (!(error instanceof RefusedCommand)) throw error
    if (listed !== null) return listed
    throw new Error(`${error.message}; allow the command in the guest, or install guest agent 9.1 or later`, {
      cause: error,
    })
  }
}

async function readListedRoute(agent: Conversation, memory: AgentMemory): Promise<DefaultRoute | null> {
  if (memory.givesRoutes === false) return null
  try {
    const routes = await agent.execute('guest-network-get-route')
    memory.givesRoutes = true
    return readNetworkGetRoute(routes)
  } catch (error) {
    if (!(error instanceof RefusedCommand)) throw error
    if (error.commandMissing) memory.givesRoutes = false
    return null
  }
}

async function chooseCommand(agent: Conversation, memory: AgentMemory): Promise<RouteCommand> {
  memory.osId ??= await readOsId(agent)
  switch (memory.osId) {
    case 'mswindows':
      return { path: 'route.exe', arg: ['print', '-6'], read: readRoutePrint }
    case 'freebsd':
    case 'openbsd':
    case 'macos':
    case 'darwin':
      return { path: 'netstat', arg: ['-rn', '-f', 'inet6'], read: readNetstat }
    // Every Linux distribution has its own id.
    default:
      return { path: '/bin/sh', arg: ['-c', LINUX_SCRIPT], read: readLinuxRoutes }
  }
}

async function readOsId(agent: Conversation): Promise<string> {
  try {
    const info = await agent.execute('guest-get-osinfo')
    return isRecord(info) ? String(info['id']).toLowerCase() : ''
  } catch (error) {
    if (error instanceof RefusedCommand && error.commandMissing) return ''
    throw error
  }
}

/** Runs a command in the guest (guest-exec) and asks for its end at growing intervals, until the deadline hangs up. */
async function runRouteCommand(agent: Conversation, { path, arg, read }: RouteCommand): Promise<DefaultRoute> {
  const started = await agent.execute('guest-exec', { path, arg, 'capture-output': true })
  const pid = isRecord(started) ? started['pid'] : null
  if (typeof pid !== 'number') throw new Error('the agent\'s answer to guest-exec has no "pid"')
  for (let wait = 20; ; wait = Math.min(wait * 2, 320)) {
    await agent.pause(wait)
    const status = await agent.execute('guest-exec-status', { pid })
    if (!isRecord(status) || typeof status['exited'] !== 'boolean') {
      throw new Error('the agent\'s answer to guest-exec-status has no "exited"')
    }
    if (!status['exited']) continue
    if (status['out-truncated'] === true) throw new Error("the agent cut off the output of the guest's route command")
    const { signal } = status
    if (typeof signal === 'number') throw new Error(`the guest's route command was ended by signal ${signal}`)
    return read(decode(status['out-data']))
  }
}

function decode(data: unknown): string {
  return typeof data === 'string' ? Buffer.from(data, 'base64').toString('utf8') : ''
}
