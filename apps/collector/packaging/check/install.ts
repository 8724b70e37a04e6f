import { equal, match } from 'node:assert/strict'
import type { Machine } from './machine.ts'
import { CONFIGURATION, UNIT } from './names.ts'

export async function installByScript(machine: Machine, server: string): Promise<void> {
  const reported = machine.reports.length
  const said = await machine.shell(
    `curl -fsS ${server}/install/collector.sh | SLASHZERO_ENROLMENT_TOKEN=sz_enrol_check sh`,
  )
  match(said, /Installed and started/)
  equal((await machine.run('systemctl', 'is-active', UNIT)).trim(), 'active')
  equal((await machine.run('stat', '-c', '%U:%G %a', CONFIGURATION)).trim(), 'root:slashzero-collector 640')
  await machine.until('a report has arrived', () => Promise.resolve(machine.reports.length > reported))
}

export async function refusesTampered(machine: Machine, server: string): Promise<void> {
  const installed = await machine.run('dpkg-query', '-W', 'slashzero-collector')
  const script = `curl -fsS ${server}/install/collector.sh | SLASHZERO_SERVER=${server}/tampered SLASHZERO_ENROLMENT_TOKEN=x sh 2>&1 || true`
  match(await machine.shell(script), /does not match the checksum from .*; nothing was installed/)
  equal(await machine.run('dpkg-query', '-W', 'slashzero-collector'), installed)
  match(
    await machine.shell(`curl -fsS ${server}/install/collector.sh | SLASHZERO_ENROLMENT_TOKEN='a"b' sh 2>&1 || true`),
    /the enrolment token has invalid characters/,
  )
  match(
    await machine.shell(
      `curl -fsS ${server}/install/collector.sh | SLASHZERO_SERVER=http://127.0.0.1:9 sh 2>&1 || true`,
    ),
    /cannot be downloaded: this machine cannot reach the server/,
  )
}

export async function saysRefusal(machine: Machine, server: string): Promise<void> {
  const credential = '/var/lib/slashzero-collector/credential'
  // A running collector saves its credential again, and a valid token would get another credential.
  await machine.shell(
    `systemctl stop ${UNIT} && mv ${credential} /root/credential && sed -i /^enrolment-token/d ${CONFIGURATION}`,
  )
  const script = `curl -fsS ${server}/install/collector.sh | SLASHZERO_ENROLMENT_TOKEN=sz_enrol_spent sh 2>&1; echo "status $?"`
  match(
    await machine.shell(script),
    /has not accepted this machine yet: this host has no valid credential.*The enrolment token is spent[^]*status 1\n$/,
  )
  await machine.shell(`systemctl stop ${UNIT} && mv /root/credential ${credential}`)
  const reported = machine.reports.length
  await machine.run('systemctl', 'restart', UNIT)
  await machine.until('a report has arrived', () => Promise.resolve(machine.reports.length > reported))
}
