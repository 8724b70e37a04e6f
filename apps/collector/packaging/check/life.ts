import { execFile } from 'node:child_process'
import { equal, match, ok } from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Machine } from './machine.ts'
import { CONFIGURATION, UNIT } from './names.ts'
import { measuresLeak } from './service.ts'

const BUILD = fileURLToPath(new URL('../build.ts', import.meta.url))
const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x64'

export async function upgradeKeeps(machine: Machine): Promise<void> {
  await machine.shell(`printf '[labels]\\nsite = "kept"\\n' >>${CONFIGURATION}; slashzero-collector config check`)
  const configuration = await machine.run('cat', CONFIGURATION)
  const spool = (await machine.shell('ls -d /var/lib/slashzero-collector/spool/*')).trim()
  await machine.shell(`echo kept >${spool}/kept.txt`)
  await promisify(execFile)(process.execPath, [
    BUILD,
    '--fast',
    '--arch',
    ARCHITECTURE,
    '--version',
    '999.0.0',
    '--out',
    `${machine.root}/srv/later`,
  ])
  await machine.shell('dpkg --force-confold -i /srv/later/*.deb')
  equal(await machine.run('cat', CONFIGURATION), configuration)
  equal(await machine.run('cat', `${spool}/kept.txt`), 'kept\n')
  equal((await machine.run('systemctl', 'is-active', UNIT)).trim(), 'active')
  await machine.until('the upgraded collector reports, with the label', () =>
    Promise.resolve(
      machine.reports.at(-1)?.host.collectorVersion === '999.0.0' &&
        machine.reports.at(-1)?.host.labels['site'] === 'kept',
    ),
  )
}

export async function removeLeavesNothing(machine: Machine, tracesBefore: string): Promise<void> {
  await machine.run('dpkg', '-r', 'slashzero-collector')
  equal(await listRunning(machine), '')
  match(await machine.run('cat', CONFIGURATION), /kept/)
  await machine.shell('dpkg --force-confold -i /srv/later/*.deb')
  equal((await machine.run('systemctl', 'is-enabled', UNIT)).trim(), 'enabled')
  equal((await machine.run('systemctl', 'is-active', UNIT)).trim(), 'active')
  await machine.run('dpkg', '-P', 'slashzero-collector')
  await leavesNothing(machine, tracesBefore)
}

export async function staysQuiet(machine: Machine, tracesBefore: string): Promise<void> {
  await machine.shell(`dpkg -i /srv/dist/*_$(dpkg --print-architecture).deb`)
  equal((await machine.run('systemctl', 'is-enabled', UNIT)).trim(), 'enabled')
  match(await machine.run('systemctl', 'show', '-p', 'ActiveState', UNIT), /inactive/)
  equal((await machine.run('systemctl', 'list-units', '--failed', '--plain', '--no-legend', 'slashzero*')).trim(), '')
  await machine.run('dpkg', '-P', 'slashzero-collector')
  await leavesNothing(machine, tracesBefore)
}

export async function tarballComesAndGoes(machine: Machine, tracesBefore: string): Promise<void> {
  await machine.shell(
    `mkdir /srv/tar && tar -xzf /srv/dist/*-linux-${ARCHITECTURE}.tar.gz -C /srv/tar --strip-components=1`,
  )
  await machine.run('/srv/tar/setup.sh', 'install')
  const reported = machine.reports.length
  await machine.shell(
    `sed -i '1i server = "http://127.0.0.1:3000"\\nenrolment-token = "sz_enrol_check"' ${CONFIGURATION} && systemctl restart ${UNIT}`,
  )
  await machine.until('a report has arrived', () => Promise.resolve(machine.reports.length > reported))
  await measuresLeak(machine)
  await machine.run('/srv/tar/setup.sh', 'install')
  await machine.run('/usr/local/lib/slashzero-collector/setup.sh', 'remove')
  equal(await listRunning(machine), '')
  ok((await machine.run('cat', CONFIGURATION)).includes('sz_enrol_check'))
  await machine.run('/srv/tar/setup.sh', 'purge')
  await leavesNothing(machine, tracesBefore)
}

async function leavesNothing(machine: Machine, tracesBefore: string): Promise<void> {
  equal(await listRunning(machine), '')
  equal(await listTraces(machine), tracesBefore)
  equal(await machine.shell('getent passwd slashzero-collector; getent group slashzero-collector; true'), '')
  equal(
    await machine.shell(
      'systemctl list-unit-files --no-legend "slashzero*"; systemctl list-units --all --no-legend "slashzero*"; true',
    ),
    '',
  )
}

/** All files with the name in their path. The machine of a developer has some before the installation. */
export function listTraces(machine: Machine): Promise<string> {
  return machine.shell(
    `find /etc /usr /var /run /lib -xdev -iname '*slashzero*' -not -path '/var/log/*' 2>/dev/null | sort`,
  )
}

function listRunning(machine: Machine): Promise<string> {
  return machine.shell(
    'for exe in /proc/[0-9]*/exe; do readlink "$exe"; done 2>/dev/null | grep slashzero-collector || true',
  )
}
