import { deepEqual, equal, match } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Machine } from './machine.ts'
import { CONFIGURATION, UNIT } from './names.ts'

export async function measuresLeak(machine: Machine): Promise<void> {
  await Promise.resolve()
  const last = machine.reports.at(-1)
  const senders = last?.namespaces.flatMap((namespace) => namespace.senders) ?? []
  deepEqual(
    senders.map(({ daemon }) => daemon),
    ['radvd'],
  )
  const [socket] = senders.flatMap(({ sockets }) => sockets)
  equal(socket?.unmeasuredReason, null)
  equal(socket?.optmemBytes, machine.leaked * (last?.membershipBytes ?? 0))
  equal(socket?.staleInterfaceIndexes?.length, machine.leaked)
  deepEqual(
    last?.runs.filter(({ outcome }) => outcome === 'failed'),
    [],
  )
}

export async function hasTwoRights(machine: Machine): Promise<void> {
  const pid = (await machine.run('systemctl', 'show', '-P', 'MainPID', UNIT)).trim()
  const status = await machine.run('cat', `/proc/${pid}/status`)
  // CAP_SYS_PTRACE is 19, CAP_DAC_READ_SEARCH 2.
  match(status, /^CapEff:\s0000000000080004$/m)
  match(status, /^CapBnd:\s0000000000080004$/m)
  match(status, /^NoNewPrivs:\s1$/m)
  match(status, /^Seccomp:\s2$/m)
  equal((await machine.run('ps', '-o', 'user:32=', '-p', pid)).trim(), 'slashzero-collector')
}

export async function ranksLines(machine: Machine): Promise<void> {
  const journal = await machine.run('journalctl', '-u', UNIT, '-o', 'json', '_COMM=slashzero-colle')
  const lines = journal
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  deepEqual(
    lines.map(({ PRIORITY, MESSAGE }) => `${PRIORITY} ${String(MESSAGE).split(' {')[0]}`),
    ['6 started', '6 enrolled'],
  )
}

export async function restartsHanging(machine: Machine): Promise<void> {
  await machine.shell(
    `mkdir -p /run/systemd/system/${UNIT}.d && printf '[Service]\\nWatchdogSec=3\\n' >/run/systemd/system/${UNIT}.d/check.conf && systemctl daemon-reload && systemctl restart ${UNIT}`,
  )
  const restarts = async () => Number(await machine.run('systemctl', 'show', '-P', 'NRestarts', UNIT))
  await sleep(7000)
  equal(await restarts(), 0)
  await machine.shell(`kill -STOP $(systemctl show -P MainPID ${UNIT})`)
  await machine.until('the watchdog has ended it', async () => (await restarts()) > 0)
  await machine.shell(
    `rm -r /run/systemd/system/${UNIT}.d && systemctl daemon-reload && systemctl reset-failed ${UNIT} && systemctl restart ${UNIT}`,
  )
}

export async function tellsSystemd(machine: Machine): Promise<void> {
  const show = async (property: string) => (await machine.run('systemctl', 'show', '-P', property, UNIT)).trim()
  const version = Number(/^systemd (\d+)/.exec(await machine.run('systemctl', '--version'))?.[1])
  equal(await show('Type'), version < 253 ? 'notify' : 'notify-reload')
  await machine.until('systemctl status says what was read and delivered', async () =>
    /^Read \d+ taps? and 1 sender at .* UTC\. The server took a report at .* UTC\.$/.test(await show('StatusText')),
  )
}

export async function reloads(machine: Machine): Promise<void> {
  const before = await machine.run('cat', CONFIGURATION)
  const pid = await machine.run('systemctl', 'show', '-P', 'MainPID', UNIT)
  writeFileSync(`${machine.root}${CONFIGURATION}`, `${before}intervall = 5\n`)
  match(await machine.shell(`systemctl reload ${UNIT} 2>&1; echo "status $?"`), /status 1\n$/)
  match(
    await machine.run('journalctl', '-u', UNIT, '-o', 'cat', '-n', '20'),
    /intervall: unknown key; did you mean interval\?/,
  )
  writeFileSync(`${machine.root}${CONFIGURATION}`, `${before}[labels]\nsite = "reloaded"\n`)
  await machine.run('systemctl', 'reload', UNIT)
  await machine.until('a report has the label', () =>
    Promise.resolve(machine.reports.at(-1)?.host.labels['site'] === 'reloaded'),
  )
  equal(await machine.run('systemctl', 'show', '-P', 'MainPID', UNIT), pid)
  equal((await machine.run('systemctl', 'show', '-P', 'SubState', UNIT)).trim(), 'running')
  writeFileSync(`${machine.root}${CONFIGURATION}`, before)
  await machine.run('systemctl', 'reload', UNIT)
}

export async function standsAlone(machine: Machine, server: string): Promise<void> {
  const said = await machine.shell(`timeout 20 slashzero-collector run --server ${server} 2>&1; echo "status $?"`)
  match(
    said,
    /^slashzero-collector: another slashzero-collector works in \/var\/lib\/slashzero-collector, .*\nstatus 1\n$/,
  )
}
