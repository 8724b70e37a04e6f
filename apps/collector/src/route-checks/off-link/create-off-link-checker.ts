import { messageOf } from '@slashzero/contract/report'
import type { RouteCheckReport } from '@slashzero/contract/report'
import { systemSleep } from '../../clock.ts'
import type { Clock } from '../../clock.ts'
import type { Kernel } from '../../io/kernel.ts'
import { isRefusal } from '../../io/kernel.ts'
import type { OffLinkNetwork } from '../../io/off-link-network.ts'
import type { Vm } from '../../probes/process/identify-vms.ts'
import { within } from '../../probes/namespace/list-namespaces.ts'
import type { Tap } from '../../probes/namespace/read-taps.ts'
import type { Survey } from '../../probes/namespace/survey-namespace.ts'
import { toRun } from '../../probes/to-run.ts'
import { toRouteCheck } from '../route-checker.ts'
import type { RouteChecker } from '../route-checker.ts'
import { askGuests } from './ask-guests.ts'
import type { Question } from './ask-guests.ts'
import { findTargets, NOT_OWN } from './find-targets.ts'
import type { Prospect } from './find-targets.ts'
import { judgeAnswers } from './judge-answers.ts'
import type { Verdict } from './judge-answers.ts'
import { readSurroundings } from './read-surroundings.ts'
import { askByEcho, askByTcp } from './ways.ts'
import type { Way } from './ways.ts'

export type OffLinkOptions = {
  kernel: Pick<Kernel, 'readText' | 'inNamespace'>
  network: OffLinkNetwork
  /** 32 hexadecimal digits. */
  source: string
  /** TCP ports to ask if a VM does not answer an echo request; empty for echo requests only. */
  tcpPorts: readonly number[]
  clock: Clock
}

/**
 * Checks VMs from outside: whether they answer an echo request or a TCP SYN from an off-link address. One report for
 * each VM within about a second; never rejects. A VM without a new answer is reported with its last one.
 */
export function createOffLinkChecker(options: OffLinkOptions): RouteChecker {
  const { source, clock } = options
  let memories = new Map<string, Memory>()

  const check: RouteChecker['check'] = async ({ vms, surveys, ownerOf }, patience) => {
    const began = clock.monotonic()
    const problems = new Set<string>()
    memories = new Map(vms.map((vm) => [keyOf(vm), memories.get(keyOf(vm)) ?? { report: null, notBefore: 0 }]))
    const memoryOf = (vm: Vm): Memory => memories.get(keyOf(vm)) ?? { report: null, notBefore: 0 }
    const conclude = (vm: Vm, verdict: Verdict, pause: number): void => {
      const memory = memoryOf(vm)
      memory.report = toRouteCheck(vm, 'off-link-probe', verdict, clock.steady())
      memory.notBefore = began + pause
    }
    // The VMs that waited longest come first, so that a bounded burst reaches every VM in turn.
    const due = vms
      .filter((vm) => memoryOf(vm).notBefore <= began)
      .toSorted((one, other) => memoryOf(one).notBefore - memoryOf(other).notBefore)
    const { rounds, obstacles } = prepareRounds(options, due, surveys, ownerOf, problems)
    for (const vm of due) {
      const obstacle = obstacles.get(vm)
      if (obstacle !== undefined) conclude(vm, { state: 'unknown', reason: obstacle }, SHORT_PAUSE)
    }
    const asks = rounds.map(async ({ ways, questions }) => {
      // A call that begins before these answers arrive must not ask the same VMs again.
      for (const vm of questions.keys()) memoryOf(vm).notBefore = began + SHORT_PAUSE
      try {
        const answers = await askGuests(ways, [...questions.values()], {
          source,
          deadlineMilliseconds: DEADLINE,
          clock,
          sleep: systemSleep,
        })
        for (const [index, vm] of [...questions.keys()].entries()) {
          const verdict = judgeAnswers(answers[index] ?? [])
          conclude(vm, verdict, verdict.state === 'absent' ? SHORT_PAUSE : LONG_PAUSE)
        }
      } catch (error) {
        problems.add(messageOf(error))
        for (const vm of questions.keys())
          conclude(vm, { state: 'unknown', reason: `could not be asked: ${messageOf(error)}` }, LONG_PAUSE)
      } finally {
        for (const { socket } of ways) socket.close()
      }
    })
    const enough = new AbortController()
    const waiting = AbortSignal.any([enough.signal, ...(patience === undefined ? [] : [patience])])
    await Promise.race([Promise.all(asks), systemSleep(WAIT, waiting)])
    enough.abort()
    return {
      routeChecks: vms.map(
        (vm) =>
          memoryOf(vm).report ??
          toRouteCheck(vm, 'off-link-probe', { state: 'unknown', reason: 'not asked yet' }, clock.steady()),
      ),
      run: toRun('off-link-probe', clock.monotonic() - began, [...problems].slice(0, 3)),
    }
  }
  return { check, close: () => undefined }
}

type Memory = { report: RouteCheckReport | null; notBefore: number }

/**
 * Milliseconds until a VM is asked again: the long pause after a present route, the short pause after a missing route
 * or none.
 */
const LONG_PAUSE = 60_000
const SHORT_PAUSE = 10_000
const DEADLINE = 1000
/** The maximum wait of a call for its own answers; sending takes a part of the time. */
const WAIT = 2000
/** VMs asked in one call. */
const MAX_AT_ONCE = 256

/** A VM that was started again is another guest. */
function keyOf({ name, uuid, pid }: Vm): string {
  return JSON.stringify([name, uuid, pid])
}

type Round = { ways: readonly Way[]; questions: Map<Vm, Question> }

/**
 * The sockets and questions of each namespace, and the reasons why other VMs cannot be asked. Any other VM has to wait.
 */
function prepareRounds(
  { kernel, network, source, tcpPorts }: OffLinkOptions,
  due: readonly Vm[],
  surveys: readonly Survey[],
  ownerOf: ReadonlyMap<Tap, Vm>,
  problems: Set<string>,
): { rounds: Round[]; obstacles: Map<Vm, string> } {
  const rounds: Round[] = []
  const obstacles = new Map(due.map((vm) => [vm, 'the VM has no tap that is an interface of this kernel']))
  let room = MAX_AT_ONCE
  const take = (found: ReadonlyMap<Vm, Prospect>): Map<Vm, Question> => {
    const questions = new Map<Vm, Question>()
    for (const vm of due) {
      const prospect = found.get(vm)
      if (prospect === undefined || !obstacles.has(vm)) continue
      if ('obstacle' in prospect) obstacles.set(vm, prospect.obstacle)
      else obstacles.delete(vm)
      if ('obstacle' in prospect || room === 0) continue
      room -= 1
      questions.set(vm, prospect)
    }
    return questions
  }
  for (const { namespace, links, taps } of due.length === 0 ? [] : surveys) {
    const mine = new Map<Vm, Tap[]>()
    for (const tap of taps) {
      const vm = ownerOf.get(tap)
      if (vm !== undefined && obstacles.has(vm)) mine.set(vm, [...(mine.get(vm) ?? []), tap])
    }
    if (links === null || mine.size === 0) continue
    let questions = new Map<Vm, Question>()
    const look = (): void => {
      questions = take(findTargets(mine, source, { links, ...readSurroundings(kernel, network) }))
      if (questions.size > 0) rounds.push({ ways: openWays(network, tcpPorts), questions })
    }
    try {
      within(kernel, namespace, look)
    } catch (error) {
      const right = isRefusal(error, 'EPERM', 'EACCES')
        ? ': needs CAP_NET_RAW, and CAP_SYS_ADMIN for other namespaces'
        : ''
      const reason = `could not be asked: ${messageOf(error)}${right}`
      problems.add(`${namespace.name ?? `namespace ${namespace.id}`}: ${reason}`)
      for (const vm of questions.size > 0 ? questions.keys() : mine.keys()) obstacles.set(vm, reason)
    }
  }
  // The probe fails only if no namespace has the address, because the namespaces of routers have other addresses.
  if (rounds.length === 0 && [...obstacles.values()].includes(NOT_OWN)) problems.add(NOT_OWN)
  return { rounds, obstacles }
}

function openWays(network: OffLinkNetwork, tcpPorts: readonly number[]): Way[] {
  const echo = network.openEchoSocket()
  if (tcpPorts.length === 0) return [askByEcho(echo)]
  try {
    return [askByEcho(echo), askByTcp(network.openTcpSocket(), tcpPorts)]
  } catch (error) {
    echo.close()
    throw error
  }
}
