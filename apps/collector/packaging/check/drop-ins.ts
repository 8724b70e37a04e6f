import { deepEqual, equal } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import type { Report } from '@slashzero/contract/report'
import { CHURN, plug, unplug } from './leak.ts'
import type { Machine } from './machine.ts'
import { CONFIGURATION, DROP_INS, UNIT } from './names.ts'

export async function opensNamespaces(machine: Machine): Promise<void> {
  const limitOf = (report: Report | undefined) =>
    report?.namespaces.find(({ name }) => name === 'qrouter-1')?.optmemMaxBytes
  const failed = (report: Report | undefined) => report?.runs.find(({ outcome }) => outcome === 'failed')?.error
  await machine.shell('ip netns add qrouter-1 && ip -n qrouter-1 tuntap add tapq mode tap')
  await machine.run('systemctl', 'restart', UNIT)
  await machine.until('the namespace is closed', () =>
    Promise.resolve(/cannot enter qrouter-1/.test(failed(machine.reports.at(-1)) ?? '')),
  )
  await addDropIn(machine, 'namespaces.conf')
  await machine.until('the namespace is read', () =>
    Promise.resolve(Number(limitOf(machine.reports.at(-1))) > 0 && failed(machine.reports.at(-1)) === undefined),
  )
  await machine.shell(`rm -r ${DROP_INS}; ip netns del qrouter-1; systemctl daemon-reload && systemctl restart ${UNIT}`)
}

export async function hearsAdvertisements(machine: Machine): Promise<void> {
  const [tap = ''] = CHURN
  const heard = () =>
    machine.reports
      .at(-1)
      ?.namespaces.flatMap(({ taps }) => taps)
      .find(({ name }) => name === tap)?.advertisements ?? []
  const before = await machine.run('cat', CONFIGURATION)
  await plug(machine, tap)
  await machine.shell(
    `sed -i 's/^watch-advertisements = false/watch-advertisements = true/' ${CONFIGURATION} && systemctl restart ${UNIT}`,
  )
  await machine.until('a packet socket is refused', () =>
    Promise.resolve(
      machine.reports.at(-1)?.runs.some(({ probe, outcome }) => probe === 'advertisements' && outcome === 'failed') ===
        true,
    ),
  )
  await addDropIn(machine, 'advertisements.conf')
  await machine.until('an advertisement is heard', () =>
    Promise.resolve(
      heard().some(({ direction, routerLifetimeSeconds }) => direction === 'sent' && routerLifetimeSeconds > 0),
    ),
  )
  deepEqual(
    machine.reports.at(-1)?.runs.filter(({ outcome }) => outcome === 'failed'),
    [],
  )
  writeFileSync(`${machine.root}${CONFIGURATION}`, before)
  await unplug(machine, tap)
  await machine.shell(`rm -r ${DROP_INS}; systemctl daemon-reload && systemctl restart ${UNIT}`)
}

export async function writesTextfile(machine: Machine): Promise<void> {
  const directory = '/var/lib/prometheus/node-exporter'
  const before = await machine.run('cat', CONFIGURATION)
  writeFileSync(
    `${machine.root}${CONFIGURATION}`,
    `metrics-textfile = "/run/slashzero-collector/slashzero.prom"\n${before}`,
  )
  await machine.shell(`mkdir -p ${directory} && systemctl restart ${UNIT}`)
  await machine.until('the textfile is refused', async () =>
    /cannot write the metrics textfile;.* textfile\.conf/.test(
      await machine.run('journalctl', '-u', UNIT, '-o', 'cat', '-n', '20'),
    ),
  )
  const advice =
    /^# {3}(ln .*)$/m.exec(
      await machine.run('cat', '/usr/share/doc/slashzero-collector/examples/textfile.conf'),
    )?.[1] ?? 'false'
  await machine.shell(advice)
  await addDropIn(machine, 'textfile.conf')
  await machine.until('the textfile is written', async () =>
    /^slashzero_build_info/m.test(
      await machine.run('setpriv', '--reuid=nobody', '--clear-groups', 'cat', `${directory}/slashzero.prom`),
    ),
  )
  await machine.run('systemctl', 'stop', UNIT)
  equal(await machine.shell('ls -d /run/slashzero-collector 2>/dev/null || true'), '')
  writeFileSync(`${machine.root}${CONFIGURATION}`, before)
  await machine.shell(`rm -r ${DROP_INS} ${directory}; systemctl daemon-reload && systemctl restart ${UNIT}`)
}

async function addDropIn(machine: Machine, name: string): Promise<void> {
  const example = `/usr/share/doc/slashzero-collector/examples/${name}`
  await machine.shell(
    `mkdir -p ${DROP_INS} && cp ${example} ${DROP_INS}/ && systemctl daemon-reload && systemctl restart ${UNIT}`,
  )
}
