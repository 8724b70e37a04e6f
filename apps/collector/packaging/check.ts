// Boots a copy of this Debian machine in a container with a leaking radvd, and installs, upgrades, removes and purges
// there. `npm run package -- --check` (needs root, systemd-container, radvd, curl).
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { messageOf } from '@slashzero/contract/report'
import { hearsAdvertisements, opensNamespaces, writesTextfile } from './check/drop-ins.ts'
import { installByScript, refusesTampered, saysRefusal } from './check/install.ts'
import { startLeak } from './check/leak.ts'
import { listTraces, removeLeavesNothing, staysQuiet, tarballComesAndGoes, upgradeKeeps } from './check/life.ts'
import { withMachine } from './check/machine.ts'
import type { Machine } from './check/machine.ts'
import {
  hasTwoRights,
  measuresLeak,
  ranksLines,
  reloads,
  restartsHanging,
  standsAlone,
  tellsSystemd,
} from './check/service.ts'

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url))

try {
  await requirePrograms()
  await withMachine(DIST, checkAll)
  process.stdout.write('The packages install, upgrade and uninstall.\n')
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
}

async function checkAll(machine: Machine): Promise<void> {
  const before = await listTraces(machine)
  const server = await machine.serve(DIST)
  await startLeak(machine)
  await check('the one-line installer installs, enrols and starts', () => installByScript(machine, server))
  await check('the service measures the leaking radvd under its unit', () => measuresLeak(machine))
  await check('the service has its own user and two rights', () => hasTwoRights(machine))
  await check('the start writes two lines with priorities to the journal', () => ranksLines(machine))
  await check('systemd knows that the service runs, and its state in words', () => tellsSystemd(machine))
  await check('the service enters other namespaces only with the drop-in', () => opensNamespaces(machine))
  await check('the service hears advertisements only with the drop-in', () => hearsAdvertisements(machine))
  await check('systemd restarts a collector that hangs', () => restartsHanging(machine))
  await check('the one-line installer can run twice', () => installByScript(machine, server))
  await check('a package with a wrong checksum is not installed', () => refusesTampered(machine, server))
  await check('the installer fails and says why if the server refuses the token', () => saysRefusal(machine, server))
  await check('a reload with a broken configuration fails and keeps the running one', () => reloads(machine))
  await check('a second collector refuses to run beside the service', () => standsAlone(machine, server))
  await check('the service writes the metrics textfile only with the drop-in', () => writesTextfile(machine))
  await check('an upgrade keeps configuration and spool', () => upgradeKeeps(machine))
  await check('a removal can be undone, and a purge leaves nothing', () => removeLeavesNothing(machine, before))
  await check('without a server the service is enabled, stopped and not failed', () => staysQuiet(machine, before))
  await check('the tarball installs, runs and uninstalls', () => tarballComesAndGoes(machine, before))
}

async function check(name: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now()
  await work().catch((error: unknown) => {
    throw new Error(`failed: ${name}\n${messageOf(error)}`, { cause: error })
  })
  process.stdout.write(`${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`)
}

async function requirePrograms(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('The check boots a container: run it as root.')
  for (const program of ['systemd-nspawn', 'radvd', 'curl', 'dpkg']) {
    await promisify(execFile)('sh', ['-c', 'command -v "$1"', '-', program]).catch(() => {
      throw new Error(`The check needs ${program}: run apt-get install systemd-container radvd curl, then try again.`)
    })
  }
  if (!existsSync(join(DIST, 'SHA256SUMS')))
    throw new Error('The folder dist has no packages: run `npm run package` first.')
}
