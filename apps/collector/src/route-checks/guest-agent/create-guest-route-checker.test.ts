import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeTime, stoppedClock } from '../../testing/fake-clock.ts'
import { after, alive, flood, gateway, linux, linuxAgent, lists } from '../../testing/guest-agent.ts'
import type { Answer, Request } from '../../testing/guest-agent.ts'
import { systemClock } from '../../clock.ts'
import { createGuestRouteChecker } from './create-guest-route-checker.ts'
import type { GuestRouteChecker, GuestRouteCheckerOptions, GuestVm } from './guest-route-checker.ts'

let directory: string
let agents: Server[]
let checkers: GuestRouteChecker[]
let connections: number

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slashzero-agent-'))
  agents = []
  checkers = []
  connections = 0
})

afterEach(async () => {
  for (const one of checkers) one.close()
  await Promise.all(agents.map(async (agent) => new Promise((resolve) => void agent.close(resolve))))
  await rm(directory, { recursive: true, force: true })
})

test.each([
  {
    name: 'a living route',
    output: linux(alive),
    expected: { defaultRoute: 'present', gateway, expiresInSeconds: 1790, reason: null },
  },
  {
    name: 'an odd interface name',
    output: linux(alive.replace('eth0', '#exit')),
    expected: { defaultRoute: 'present' },
  },
  { name: 'no route', output: linux(''), expected: { defaultRoute: 'absent', gateway: null, expiresInSeconds: null } },
  {
    name: 'an expired route',
    output: linux(alive.replace('1790', '-15')),
    expected: {
      defaultRoute: 'expired',
      gateway,
      expiresInSeconds: -15,
      reason: expect.stringContaining('lifetime has ended'),
    },
  },
  {
    name: 'an unreachable route',
    output: linux('unreachable default dev lo metric 4096 pref medium\n'),
    expected: { defaultRoute: 'absent', reason: expect.stringContaining('unreachable') },
  },
  {
    name: 'a route in a table that no rule reaches',
    output: linux(`default via ${gateway} dev eth0 table 100 metric 1024 pref medium\n`),
    expected: { defaultRoute: 'absent', reason: expect.stringContaining('table 100') },
  },
  {
    name: 'a guest without IPv6',
    output: `#no-ipv6\n${linux('')}`,
    expected: { defaultRoute: 'absent', reason: 'IPv6 is off in the guest' },
  },
  {
    name: 'a guest whose ip fails',
    output: `#rule\n#route\nRTNETLINK answers: Not permitted\n#exit 2\n#end\n`,
    expected: { defaultRoute: 'unknown', reason: expect.stringContaining('line 1 is not a route: "RTNETLINK') },
  },
  {
    name: 'output cut off',
    output: linux(alive).slice(0, -8),
    expected: { defaultRoute: 'unknown', reason: "the guest's answer was cut off" },
  },
])('a Linux guest with $name', async ({ output, expected }) => {
  const vm = await guest('linux', linuxAgent(output))
  expect(await checker().check([vm])).toEqual([
    expect.objectContaining({ vm: { name: 'linux', uuid: null }, method: 'guest-agent', ...expected }),
  ])
})

test.each([
  {
    os: 'mswindows',
    command: 'route.exe print -6',
    output: `Aktive Routen:\r\n 13    271 ::/0                     ${gateway}\r\n  1    331 ::1/128                  Auf Verbindung\r\n=====\r\n`,
  },
  {
    os: 'freebsd',
    command: 'netstat -rn -f inet6',
    output: `Internet6:\nDestination Gateway Flags Netif Expire\ndefault ${gateway}%vtnet0 UG vtnet0\n::1 link#2 UHS lo0\n`,
  },
])('a guest that runs $os is asked with its own command', async ({ os, command, output }) => {
  const commands: string[] = []
  const agent = linuxAgent(output, os)
  const vm = await guest(os, (request) => {
    const { path, arg } = request.arguments ?? {}
    if (request.execute === 'guest-exec') commands.push([path, ...(Array.isArray(arg) ? arg : [])].join(' '))
    return agent(request)
  })
  expect(await checker().check([vm])).toMatchObject([{ defaultRoute: 'present', gateway }])
  expect(commands).toEqual([command])
})

test('a listed default route is checked by command; a missing route is believed', async () => {
  const row = {
    iface: 'lo',
    destination: '::',
    desprefixlen: '0',
    nexthop: '::',
    metric: -1,
    flags: 0x200200,
    version: 6,
  }
  const advertised = { ...row, iface: 'eth0', nexthop: gateway, metric: 1024, flags: 0x450003 }
  const empty = await guest('empty', lists([row, row], null))
  const expired = await guest('expired', lists([advertised, row], linux(alive.replace('1790', '-3'))))
  const forbidden = await guest('forbidden', lists([advertised, row], null))
  expect(await checker().check([empty, expired, forbidden])).toMatchObject([
    { defaultRoute: 'absent', reason: null },
    { defaultRoute: 'expired', expiresInSeconds: -3 },
    { defaultRoute: 'present', gateway, reason: expect.stringContaining('does not say here whether it has expired') },
  ])
})

/** `hangsAt`: the command after which only the deadline helps. */
test.each<{ name: string; answer: Answer; hangsAt?: string; reason: string }>([
  {
    name: 'hangs',
    answer: () => null,
    hangsAt: 'guest-sync-delimited',
    reason: 'waiting for the agent: the agent does not run or hangs, or another client holds its socket',
  },
  {
    name: 'answers garbage',
    answer: (_, socket) => socket.write(Buffer.alloc(2000, 'x')),
    hangsAt: 'guest-sync-delimited',
    reason: 'waiting for the agent',
  },
  {
    name: 'answers with a wrong id',
    answer: () => ({ return: 1 }),
    hangsAt: 'guest-sync-delimited',
    reason: 'waiting for the agent',
  },
  {
    name: 'gives half an answer and hangs',
    answer: (request, socket) =>
      socket.write(`\u00ff{"return": ${String(request.arguments?.['id']).slice(0, 3)}`, 'latin1'),
    hangsAt: 'guest-sync-delimited',
    reason: 'waiting for the agent',
  },
  {
    name: 'gives half an answer and hangs up',
    answer: (_, socket) => socket.end('\u00ff{"ret', 'latin1'),
    reason: 'hung up in the middle',
  },
  { name: 'floods', answer: (_, socket) => flood(socket), reason: 'sent more than 1048576 bytes' },
  {
    name: 'answers a command with a list',
    answer: after('guest-get-osinfo', []),
    reason: 'answer to guest-get-osinfo is not a JSON object',
  },
  {
    name: 'answers a command with nonsense',
    answer: after('guest-exec', { yes: 1 }),
    reason: 'has neither "return" nor "error"',
  },
  { name: 'gives no pid', answer: after('guest-exec', { return: {} }), reason: 'has no "pid"' },
  {
    name: 'never ends its command',
    answer: after('guest-exec-status', { return: { exited: false } }),
    hangsAt: 'guest-exec-status',
    reason: 'no answer in time while running guest-exec-status',
  },
  {
    name: 'hangs at a command',
    answer: after('guest-exec', null),
    hangsAt: 'guest-exec',
    reason: 'no answer in time while running guest-exec',
  },
  {
    name: 'kills its command',
    answer: after('guest-exec-status', { return: { exited: true, signal: 9 } }),
    reason: 'ended by signal 9',
  },
  {
    name: 'blocks guest-exec',
    answer: after('guest-exec', {
      error: { class: 'CommandNotFound', desc: 'Command guest-exec has been disabled\u001b[31m' },
    }),
    reason: 'the agent refuses guest-exec: Command guest-exec has been disabled␛[31m',
  },
])('an agent that $name is unknown, with the reason, and delays no other VM', async ({ answer, hangsAt, reason }) => {
  const time = fakeTime()
  const asked: string[] = []
  const bad = await guest('bad', (request, socket) => {
    asked.push(request.execute)
    return answer(request, socket)
  })
  const good = await guest('good', linuxAgent(linux(alive)))
  const one = checker({ deadlineMilliseconds: 400, clock: time.clock, sleep: time.sleepOn })
  const both = one.check([bad, good])
  await expect.poll(async () => (await one.check([bad, good]))[1]).toMatchObject({ defaultRoute: 'present' })
  await expect.poll(() => asked).toContain(hangsAt ?? 'guest-sync-delimited')
  if (hangsAt !== undefined) time.advance(400)
  const [first] = await both
  expect(first).toMatchObject({ defaultRoute: 'unknown', gateway: null, expiresInSeconds: null })
  expect(first?.reason).toContain(reason)
})

test('unread data of an earlier client is not an answer', async () => {
  const agent = linuxAgent(linux(alive))
  const vm = await guest('stale', (request, socket) => {
    if (request.execute === 'guest-sync-delimited')
      socket.write('{"return": {"pid": 1}}\n\u00ff{"return": 77}\n', 'latin1')
    return agent(request, socket)
  })
  expect(await checker().check([vm])).toMatchObject([{ defaultRoute: 'present' }])
})

test('a held socket is reported, not connected to, and checked once it is free', async () => {
  const vm = await guest('held', linuxAgent(linux(alive)))
  const holder = createConnection({ path: vm.agentSocketPath ?? '' })
  await expect.poll(() => connections).toBe(1)
  const one = checker({ deadlineMilliseconds: 2000 })
  expect(await one.check([vm])).toMatchObject([
    { defaultRoute: 'unknown', reason: expect.stringContaining('holds the agent') },
  ])
  expect(connections).toBe(1)
  holder.destroy()
  await expect.poll(() => one.check([vm])).toMatchObject([{ defaultRoute: 'present' }])
})

test.each([
  { name: 'no socket', path: null, reason: 'the VM has no guest agent socket' },
  { name: 'a missing socket', path: '/nowhere/agent.sock', reason: "the agent's socket does not exist" },
  { name: 'a missing socket in a container', path: `/proc/${process.pid}/root/nowhere`, reason: 'does not exist' },
  { name: 'a path too long for a socket', path: `/${'x'.repeat(200)}`, reason: 'EINVAL' },
])('a VM with $name', async ({ path, reason }) => {
  const [report] = await checker().check([{ name: 'vm', uuid: null, pid: 1, agentSocketPath: path }])
  expect(report).toMatchObject({ defaultRoute: 'unknown' })
  expect(report?.reason).toContain(reason)
})

test('two VMs with one socket are both unknown', async () => {
  const vm = await guest('one', linuxAgent(linux(alive)))
  const reports = await checker().check([vm, { ...vm, name: 'two', pid: 2 }])
  expect(reports.map(({ defaultRoute }) => defaultRoute)).toEqual(['unknown', 'unknown'])
  expect(connections).toBe(0)
})

test('checks a VM once an interval, and a failing VM less often, up to two minutes', async () => {
  let time = 0
  const good = await guest('good', linuxAgent(linux(alive)))
  const bad = await guest('bad', (_, socket) => socket.destroy())
  const asked: Record<string, number[]> = { good: [], bad: [] }
  const one = checker({ clock: stoppedClock({ steady: () => time, monotonic: () => time }) })
  for (; time <= 600_000; time += 15_000) {
    for (const { vm, checkedAt } of await one.check([good, bad])) {
      const at = Date.parse(checkedAt) / 1000
      if (asked[vm.name]?.at(-1) !== at) asked[vm.name]?.push(at)
    }
  }
  expect(asked['good']?.slice(0, 4)).toEqual([0, 15, 30, 45])
  expect(asked['bad']).toEqual([0, 30, 90, 195, 315, 435, 555])
})

test('a call whose patience ends reports the last answers, and the check goes on', async () => {
  const vm = await guest('slow', () => null)
  const one = checker({ deadlineMilliseconds: 60_000 })
  const pending = [{ defaultRoute: 'unknown', reason: 'the first check has not ended yet' }]
  expect(await one.check([vm], AbortSignal.timeout(50))).toMatchObject(pending)
  await expect.poll(() => connections).toBe(1)
  expect(await one.check([vm], AbortSignal.abort())).toMatchObject(pending)
  expect(connections).toBe(1)
})

test('hanging agents delay no other agent, and a call does not wait for all of them', async () => {
  let slow = 0
  const time = fakeTime()
  const good = await Promise.all(
    Array.from({ length: 4 }, (_, index) => guest(`good-${index}`, linuxAgent(linux(alive)))),
  )
  const hanging = await Promise.all(
    Array.from({ length: 12 }, (_, index) => guest(`bad-${index}`, () => void (slow += 1))),
  )
  const one = checker({
    concurrency: 2,
    deadlineMilliseconds: 300,
    intervalMilliseconds: 50,
    clock: time.clock,
    sleep: time.sleepOn,
  })
  await one.check(good)
  time.advance(50)
  const all = [...hanging, ...good]
  const round = one.check(all)
  const fresh = { defaultRoute: 'present', checkedAt: new Date(time.clock.steady()).toISOString() }
  const look = async () => (await one.check(all, AbortSignal.abort())).slice(hanging.length)
  await expect.poll(look).toMatchObject(good.map(() => fresh))
  await expect.poll(() => slow).toBe(2)
  time.advance(300)
  await expect.poll(() => slow).toBe(4)
  time.advance(100)
  const reports = await round
  expect(reports.slice(0, 2).map(({ reason }) => reason)).toEqual(
    Array(2).fill(expect.stringContaining('waiting for the agent')),
  )
  expect(reports[11]?.reason).toBe('the first check has not ended yet')
  // The others end too, so that the checker can close.
  await expect
    .poll(() => {
      time.advance(300)
      return slow
    })
    .toBe(12)
})

test('calls that overlap check a VM once', async () => {
  const vm = await guest('vm', linuxAgent(linux(alive)))
  const one = checker()
  await Promise.all([one.check([vm]), one.check([vm]), one.check([vm])])
  expect(connections).toBe(1)
})

test('close ends a conversation under way', async () => {
  const vm = await guest('vm', () => null)
  const one = checker({ deadlineMilliseconds: 60_000 })
  const report = one.check([vm])
  await expect.poll(() => connections).toBe(1)
  one.close()
  expect(await report).toMatchObject([{ defaultRoute: 'unknown' }])
})

function checker(options: Partial<GuestRouteCheckerOptions> = {}): GuestRouteChecker {
  const one = createGuestRouteChecker({ deadlineMilliseconds: 60_000, clock: systemClock, ...options })
  checkers.push(one)
  return one
}

/** A VM whose agent reads one line at a time and sends the result of `answer`, or nothing for null. */
async function guest(name: string, answer: Answer): Promise<GuestVm> {
  const agentSocketPath = join(directory, `${name}.sock`)
  const server = createServer((socket) => {
    connections += 1
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1').replaceAll('\u00ff', '')
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        const request: Request = JSON.parse(line)
        const reply = answer(request, socket)
        if (typeof reply !== 'object' || reply === null) continue
        if (request.execute === 'guest-sync-delimited') socket.write(Buffer.from([0xff]))
        socket.write(`${JSON.stringify(reply)}\n`)
      }
    })
  })
  agents.push(server)
  await new Promise<void>((resolve) => {
    server.listen(agentSocketPath, resolve)
  })
  return { name, uuid: null, pid: 1, agentSocketPath }
}
