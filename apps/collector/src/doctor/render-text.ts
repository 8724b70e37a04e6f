import { styleText } from 'node:util'
import type { Diagnosis, Finding, NamespaceDiagnosis, SenderDiagnosis } from './diagnosis.ts'
import { fold, hang, tabulate } from './lay-out.ts'

export type Page = { readonly width: number; readonly colour: boolean }

/** A diagnosis for people: the verdict, what to do, then the evidence. */
export function renderText(diagnosis: Diagnosis, { width, colour }: Page): string {
  const { status, summary, host, observedAt, findings, namespaces, vms, unread } = diagnosis
  const paint = (word: string, level: Level): string =>
    colour ? styleText(COLOURS[level], word, { validateStream: false }) : word
  const heading = (text: string): string => (colour ? styleText('bold', text, { validateStream: false }) : text)
  const verdict = `${WORDS[status]}: ${summary}`
  const [first = '', ...rest] = fold(verdict, width)
  const blocks = [
    [
      first.replace(WORDS[status], (word) => paint(word, status)),
      ...rest,
      ...fold(`${host.name}, Linux ${host.kernel}, ${observedAt}`, width),
    ],
    findings.length === 0
      ? []
      : [heading('What to do'), ...findings.flatMap((finding, index) => showFinding(finding, index + 1, width, paint))],
    [heading('Senders'), ...showSenders(diagnosis, width)],
    [
      heading('Taps'),
      ...namespaces.flatMap((namespace) => showTaps(namespace, width)),
      ...(namespaces.some(hasTaps) ? [] : ['  none was seen']),
    ],
    [heading('Default routes of the VMs'), ...showVms(vms, width)],
    [heading('What this process is able to see'), ...showAbilities(diagnosis, width)],
    unread.length === 0
      ? []
      : [
          heading('What could not be read'),
          ...unread.flatMap(({ probe, error }) => hang(`  ${probe}: `, error, width)),
        ],
  ]
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`
}

type Level = Finding['level'] | 'healthy'
type Paint = (word: string, level: Level) => string

const WORDS: Record<Level, string> = {
  healthy: 'HEALTHY',
  'at-risk': 'AT RISK',
  broken: 'BROKEN',
  unknown: 'UNKNOWN',
  note: 'NOTE',
}
const COLOURS = {
  healthy: 'green',
  'at-risk': 'yellow',
  broken: 'red',
  unknown: 'magenta',
  note: 'blue',
} as const satisfies Record<Level, string>

function showFinding(
  { level, subject, problem, cause, steps }: Finding,
  number: number,
  width: number,
  paint: Paint,
): string[] {
  const [title = '', ...more] = hang(`  ${number}. `, `${WORDS[level]}  ${subject}`, width)
  return [
    title.replace(WORDS[level], (word) => paint(word, level)),
    ...more,
    ...hang('     ', problem, width),
    ...(cause === null ? [] : hang('     Cause: ', cause, width)),
    ...steps.flatMap(({ command, why }, index) => {
      const label = index === 0 ? '     Next:  ' : '     Then:  '
      // A command stays on one line so that readers can copy it.
      return command === null ? hang(label, why, width) : [`${label}${command}`, ...hang('            ', why, width)]
    }),
  ]
}

function showSenders({ namespaces, membershipBytes }: Diagnosis, width: number): string[] {
  const shown = namespaces.filter(({ senders }) => senders.length > 0)
  if (shown.length === 0) return ['  none was seen']
  const unit =
    membershipBytes === null ? 'what a membership costs could not be measured' : `${membershipBytes} bytes a membership`
  return shown.flatMap((namespace) => {
    const head = hang('  ', `${place(namespace)}: ${showLimit(namespace)}; ${unit}`, width)
    return head.concat(namespace.senders.flatMap((sender) => showSender(sender, namespace.optmemMaxBytes, width)))
  })
}

function showLimit({ optmemMaxBytes, optmemMaxSource }: NamespaceDiagnosis): string {
  if (optmemMaxBytes === null) return 'the limit of option memory could not be read'
  return `limit ${figure(optmemMaxBytes)} bytes, ${optmemMaxSource === 'init' ? "the machine's" : "the namespace's own"}`
}

function showSender(sender: SenderDiagnosis, limit: number | null, width: number): string[] {
  const { daemon, version, pid, inode, method, joinsLeft, staleUnknownReason } = sender
  const name = `${daemon}${version === null ? '' : ` ${version}`}, pid ${pid}, socket ${inode}`
  const measured = method === null ? '' : `, measured by ${method}`
  const why = staleUnknownReason === null ? '' : `: ${staleUnknownReason}`
  const full = joinsLeft === 0 ? ': the daemon cannot join another tap' : ''
  const rows = [
    ['verdict', sender.reason],
    ['memory', showMemory(sender, limit)],
    ['memberships', `${amount(sender.staleMemberships)} stale, ${amount(sender.liveMemberships)} live${why}`],
    ['joins left', `${amount(joinsLeft)}${full}`],
    ['sends', showSends(sender)],
    ...showDead(sender),
  ]
  const title = hang('    ', `${name}${measured}: ${sender.status}`, width)
  return title.concat(rows.flatMap(([label = '', text = '']) => hang(`      ${label.padEnd(11)}  `, text, width)))
}

function showMemory({ optmemBytes: used, unmeasuredReason }: SenderDiagnosis, limit: number | null): string {
  if (used === null) return `not measured: ${unmeasuredReason ?? 'no reason was given'}`
  return `${figure(used)} bytes${limit === null || limit === 0 ? '' : ` (${Math.floor((used * 100) / limit)} %)`}`
}

function showSends({ sendsBlockedAtBytes: bytes, sendsBlocked }: SenderDiagnosis): string {
  if (bytes === null) return sendsBlocked === false ? 'do not need option memory' : 'unknown'
  return `fail from ${figure(bytes)} bytes on${sendsBlocked === true ? ': all fail now' : ''}`
}

function showDead({
  staleMemberships: stale,
  staleInterfaceIndexes: dead,
  staleInterfacesFound: found,
}: SenderDiagnosis): string[][] {
  if (dead !== null) return dead.length === 0 ? [] : [['dead taps', `interface indexes ${showRanges(dead)}`]]
  if (stale === null || found === undefined || stale <= found) return []
  return [['dead taps', `${figure(found)} of ${figure(stale)} were found so far, ${figure(stale - found)} are missing`]]
}

function showRanges(indexes: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const index of indexes.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && index === last[1] + 1) last[1] = index
    else ranges.push([index, index])
  }
  const shown = ranges.slice(0, RANGES).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
  return (
    shown.join(', ') + (ranges.length > RANGES ? ` and ${ranges.length - RANGES} more ranges (--json lists all)` : '')
  )
}

const RANGES = 24

function hasTaps({ taps }: NamespaceDiagnosis): boolean {
  return taps.length > 0
}

function showTaps(namespace: NamespaceDiagnosis, width: number): string[] {
  if (!hasTaps(namespace)) return []
  const rows = namespace.taps.map((tap) => {
    const counters = [tap.routerSolicitsIn, tap.routerAdvertsOut].map(amount)
    const counted = tap.countedOn ? `; RS and RA are counted on ${tap.countedOn}` : ''
    return [tap.name, tap.vm ?? '-', tap.status, ...counters, tap.reason + counted]
  })
  return [
    ...hang('  ', `${place(namespace)}:`, width),
    ...tabulate([['TAP', 'VM', 'STATE', 'RS IN', 'RA OUT', 'WHY'], ...rows], '    ', width),
  ]
}

function showVms(vms: Diagnosis['vms'], width: number): string[] {
  if (vms.length === 0) return ['  no VM was seen']
  const rows = vms.map(({ name, taps, route }) => {
    const detail = [
      route.reason,
      route.cause === null ? null : `cause: ${route.cause}`,
      route.gateway === null ? null : `by ${route.gateway}`,
      route.countdown === null ? null : showCountdown(route.countdown),
    ]
    return [
      name,
      taps.join(' ') || '-',
      route.status === 'missing' ? 'MISSING' : route.status,
      detail.filter((part) => part !== null).join('; '),
    ]
  })
  return tabulate([['VM', 'TAPS', '::/0', 'WHY'], ...rows], '  ', width)
}

function showCountdown({
  endsAt,
  basis,
  renewable,
}: NonNullable<Diagnosis['vms'][number]['route']['countdown']>): string {
  const most = basis === 'guest' ? '' : ', at the latest,'
  return `ends${most} at ${endsAt.slice(0, 19).replace('T', ' ')} UTC${renewable ? ' unless an advertisement comes' : ', and nothing can renew it'}`
}

function showAbilities({ abilities }: Diagnosis, width: number): string[] {
  return abilities.flatMap(({ name, sees, state, reason, turnOn }) => [
    ...hang(`  ${state.padEnd(9)} `, `${name}: ${sees}`, width),
    ...(reason === null
      ? []
      : hang('            ', `${reason}${turnOn === null ? '' : `; what would turn it on: ${turnOn}`}`, width)),
  ])
}

function place({ id, name, own }: NamespaceDiagnosis): string {
  if (own) return `In this network namespace${name === null ? '' : `, ${name}`}`
  return `In ${name ?? `network namespace ${id}`}`
}

function amount(count: number | null): string {
  return count === null ? 'unknown' : figure(count)
}

function figure(value: number): string {
  return value.toLocaleString('en-US')
}
