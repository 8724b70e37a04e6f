import { accessSync, constants, existsSync } from 'node:fs'
import { systemSleep } from '../../../clock.ts'
import type { Clock } from '../../../clock.ts'
import { HELD_REASON, readAnswer, RefusedCommand } from '../conversation/open-conversation.ts'
import type { Conversation } from '../conversation/open-conversation.ts'
import { DOMAIN_AGENT_COMMAND } from './message.ts'
import { LibvirtRefusal, NoAccess, openConnection } from './open-connection.ts'
import type { Connection } from './open-connection.ts'

/** The socket of virtqemud, the daemon for QEMU only, and the socket of libvirtd. */
const SOCKETS = ['/run/libvirt/virtqemud-sock', '/run/libvirt/libvirt-sock']
/** A connection is kept for the VMs of one pass, and closed after this time without use. */
const IDLE_MILLISECONDS = 1000
/** libvirt logs every refused attempt, so the collector waits this long after a refusal. */
const BARRED_MILLISECONDS = 600_000
/** VIR_ERR_NO_DOMAIN */
const NO_DOMAIN = 42

export type LibvirtAgents = {
  /** Whether libvirt's socket exists. */
  readonly isThere: () => boolean
  /**
   * Calls `talk` with the agent of a domain, as `openConversation` does with an agent's own socket. Rejects with a
   * reason for the report.
   */
  readonly converse: <Result>(
    domain: Domain,
    deadline: AbortSignal,
    talk: (agent: Conversation) => Promise<Result>,
  ) => Promise<Result>
  readonly close: () => void
}

/** A domain of libvirt. Its uuid is the uuid on QEMU's command line. */
export type Domain = { readonly name: string; readonly uuid: string }

/**
 * Speaks to guest agents through libvirt, which holds their sockets, in its own protocol, because virsh needs a process
 * for each question. libvirt waits for an agent at most `patienceMilliseconds`, in whole seconds.
 */
export function createLibvirtAgents(
  patienceMilliseconds: number,
  clock: Clock,
  sockets: readonly string[] = SOCKETS,
): LibvirtAgents {
  const patience = Math.max(1, Math.floor(patienceMilliseconds / 1000))
  const idle = new Set<Connection>()
  let closing: NodeJS.Timeout | undefined
  let barred: { reason: NoAccess; until: number } | null = null

  function close(): void {
    for (const connection of idle) connection.close()
    idle.clear()
  }

  function take(): Connection {
    const kept = [...idle].find((connection) => connection.isUsable())
    if (kept !== undefined) idle.delete(kept)
    return kept ?? openConnection(sockets.find((path) => existsSync(path)) ?? '')
  }

  function giveBack(connection: Connection): void {
    clearTimeout(closing)
    if (connection.isUsable()) idle.add(connection)
    else connection.hangUp(new Error('not open'))
    closing = setTimeout(close, IDLE_MILLISECONDS).unref()
  }

  async function converse<Result>(
    domain: Domain,
    deadline: AbortSignal,
    talk: (agent: Conversation) => Promise<Result>,
  ): Promise<Result> {
    if (barred !== null && clock.monotonic() < barred.until) throw barred.reason
    const connection = take()
    const doing = { what: 'connecting to libvirt' }
    const hangUp = () => connection.hangUp(new Error(`no answer in time from libvirt while ${doing.what}`))
    deadline.addEventListener('abort', hangUp, { once: true })
    try {
      return await talk({
        async execute(command, args) {
          doing.what = `running ${command}`
          return ask(connection, domain, patience, command, args)
        },
        // The deadline ends the pause, and then the next command gives the reason.
        pause: (milliseconds) => systemSleep(milliseconds, deadline),
      })
    } catch (error) {
      if (error instanceof NoAccess) barred = { reason: error, until: clock.monotonic() + BARRED_MILLISECONDS }
      throw error
    } finally {
      deadline.removeEventListener('abort', hangUp)
      giveBack(connection)
    }
  }

  return { isThere: () => sockets.some((path) => existsSync(path)), converse, close }
}

/** Whether the permissions of libvirt's socket let this process connect. libvirt itself may still refuse. */
export function readLibvirtAccess(): 'absent' | 'granted' | 'refused' {
  const path = SOCKETS.find((one) => existsSync(one))
  if (path === undefined) return 'absent'
  try {
    accessSync(path, constants.W_OK)
    return 'granted'
  } catch {
    return 'refused'
  }
}

async function ask(
  connection: Connection,
  { name, uuid }: Domain,
  patience: number,
  command: string,
  args: Record<string, unknown> | undefined,
): Promise<unknown> {
  const text = JSON.stringify({ execute: command, ...(args === undefined ? {} : { arguments: args }) })
  // libvirt finds a domain by its uuid and ignores the number, -1 here.
  const domain = [{ text: name }, { opaque: Buffer.from(uuid.replaceAll('-', ''), 'hex') }, { int: -1 }]
  try {
    const reply = await connection.call(DOMAIN_AGENT_COMMAND, [...domain, { text }, { int: patience }, { unsigned: 0 }])
    return readAnswer(Buffer.from(reply.optional() ?? ''), command)
  } catch (error) {
    if (!(error instanceof LibvirtRefusal)) throw error
    if (error.code === NO_DOMAIN) throw new Error(`libvirt does not know this VM, and ${HELD_REASON}`, { cause: error })
    throw toRefusedCommand(error.message, command) ?? new Error(`libvirt: ${error.message}`)
  }
}

/** If the agent refuses a command, libvirt's message has the command and the agent's words, but no error class. */
function toRefusedCommand(message: string, command: string): RefusedCommand | null {
  const at = message.indexOf(command)
  if (at === -1) return null
  const words = message.slice(at + command.length).replace(/^[^\w]*/, '')
  const isMissing = /has not been found|has been disabled/.test(words)
  return new RefusedCommand(command, isMissing ? 'CommandNotFound' : 'GenericError', words)
}
