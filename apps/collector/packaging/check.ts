// Installs the packages for real: boots systemd in a container over a copy of this Debian machine, with a radvd that leaks, and goes
// through installation, upgrade, removal and purge. `npm run package -- --check` (root, systemd-container, radvd, curl).
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { report as reportSchema } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'

const execute = promisify(execFile)
const DIST = fileURLToPath(new URL('../../../dist', import.meta.url))
const BUILD = fileURLToPath(new URL('build.ts', import.meta.url))
const SERVE = fileURLToPath(new URL('serve-for-check.ts', import.meta.url))
const UNIT = 'slashzero-collector.service'
const CONFIGURATION = '/etc/slashzero/collector.toml'
const CHURN = Array.from({ length: 10 }, (_, index) => `churn${index}`)
const ROUNDS = 2
const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'

const folder = mkdtempSync(join(tmpdir(), 'slashzero-check-'))
const children: ChildProcess[] = []
const reports: Report[] = []
let inside: string[] = []
let tracesBefore = ''
/** Interfaces that radvd had joined when they were deleted. */
let leaked = 0
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().then(() => process.exit(1)))
try {
  await requirePrograms()
  await boot()
  tracesBefore = await listTraces()
  const server = await serve()
  await leak()
  await check('the one line installs, enrols and starts', () => installByScript(server))
  await check('the service measures the leaking radvd under its unit', measuresLeak)
  await check('the service has a user of its own and two rights', hasTwoRights)
  await check('its start is two lines in the journal, ranked', ranksLines)
  await check('the drop-in opens other namespaces, and nothing else does', opensNamespaces)
  await check('the drop-in for packet sockets lets it hear advertisements, and nothing else does', hearsAdvertisements)
  await check('systemd restarts a collector that hangs', restartsHanging)
  await check('the one line does no harm a second time', () => installByScript(server))
  await check('a package that was tampered with is not installed', () => refusesTampered(server))
  await check('a token that the server refuses is said, and no success', () => saysRefusal(server))
  await check('a reload with a broken configuration fails, and the old settings stay', reloads)
  await check('a second collector does not work beside the service', () => standsAlone(server))
  await check('the drop-in for the textfile lets it be written, and nothing else does', writesTextfile)
  await check('an upgrade keeps configuration and spool', upgradeKeeps)
  await check(
    'a removal leaves nothing running, what is installed again runs again, and a purge leaves nothing at all',
    removeLeavesNothing,
  )
  await check('without a server the service is enabled and not started, and not failed', staysQuiet)
  await check('the tarball installs, runs and goes', tarballComesAndGoes)
  process.stdout.write('The packages install, upgrade and go.\n')
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await end()
}

async function check(name: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now()
  await work().catch((error: unknown) => {
    throw new Error(`not so: ${name}\n${error instanceof Error ? error.message : String(error)}`, { cause: error })
  })
  process.stdout.write(`${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`)
}

async function requirePrograms(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('The check makes a container, which needs root.')
  for (const program of ['systemd-nspawn', 'radvd', 'curl', 'dpkg']) {
    await execute('sh', ['-c', 'command -v "$1"', '-', program]).catch(() => {
      throw new Error(
        `The check needs ${program}; install it (apt-get install systemd-container radvd curl) and try again.`,
      )
    })
  }
  if (!existsSync(join(DIST, 'SHA256SUMS')))
    throw new Error('There are no packages in dist; build them with `npm run package`.')
}

/** The machine's own files below, what is written in memory above, and systemd as the first process. */
async function boot(): Promise<void> {
  await execute('mount', ['-t', 'tmpfs', 'none', folder])
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name))
  await execute('mount', [
    '-t',
    'overlay',
    'overlay',
    '-o',
    `lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work`,
    `${folder}/root`,
  ])
  // Images for containers bring a policy that no package may start a service.
  rmSync(`${folder}/root/usr/sbin/policy-rc.d`, { force: true })
  const limits = ['--private-network', '--capability=all', '--system-call-filter=@known']
  const nspawn = spawn(
    'systemd-nspawn',
    [
      '-q',
      '--register=no',
      '--keep-unit',
      '-D',
      `${folder}/root`,
      ...limits,
      `--bind-ro=${DIST}:/srv/dist`,
      '--kill-signal=SIGRTMIN+3',
      '-b',
      '--',
      '--unit=basic.target',
    ],
    { stdio: 'ignore' },
  )
  children.push(nspawn)
  await until('systemd has started', async () => {
    const [first = ''] = readdirSync(`/proc/${nspawn.pid}/task`).map((task) =>
      readFileSync(`/proc/${nspawn.pid}/task/${task}/children`, 'utf8').trim(),
    )
    inside = ['-t', first, '-m', '-u', '-i', '-n', '-p', '-C']
    return /running|degraded/.test(await run('sh', '-c', 'systemctl is-system-running || true'))
  })
}

async function run(...command: string[]): Promise<string> {
  const running = execute('nsenter', [...inside, '--', ...command], { maxBuffer: 1 << 26 })
  // Whoever asks a question is told that nobody answers.
  running.child.stdin?.end()
  const { stdout } = await running.catch((error: unknown) => {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
    throw new Error(`${command.join(' ')} failed: ${said || String(error)}`, { cause: error })
  })
  return stdout
}

/** A server in the container's network, which is a process of this machine. */
async function serve(): Promise<string> {
  const child = spawn('nsenter', [...inside.slice(0, 2), '-n', '--', process.execPath, SERVE, DIST], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })
  const [first] = await once(lines, 'line')
  lines.on('line', (line) => reports.push(reportSchema.parse(JSON.parse(line))))
  return String(first)
}

async function leak(): Promise<void> {
  await run(
    'sysctl',
    '-qw',
    'net.ipv6.conf.all.forwarding=1',
    'net.ipv6.conf.default.forwarding=1',
    'net.core.optmem_max=20480',
  )
  const entries = CHURN.map(
    (name) =>
      `interface ${name} { AdvSendAdvert on; IgnoreIfMissing on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; };\n`,
  )
  writeFileSync(`${folder}/root/etc/radvd.conf`, entries.join(''))
  await run('systemd-run', '--quiet', '--unit=leaking-radvd', 'radvd', '-n', '-m', 'none')
  await until('radvd has started', async () => (await run('cat', '/run/radvd.pid')) !== '')
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of CHURN)
      await run(
        'sh',
        '-c',
        `ip link add ${name} type veth peer name ${name}p && ip link set ${name}p up && ip link set ${name} up`,
      )
    let asked = performance.now()
    await until('radvd has joined', async () => {
      if (performance.now() - asked > 10_000) {
        // On a busy machine it finds an address still tentative, and then waits till it hears of that interface again.
        for (const name of CHURN) await run('ip', 'link', 'set', name, 'alias', 'again')
        asked = performance.now()
      }
      const rows = (await run('cat', '/proc/net/igmp6'))
        .split('\n')
        .filter((row) => /\bchurn\d +ff020000000000000000000000000002 +2 /.test(row))
      return rows.length === CHURN.length
    })
    for (const name of CHURN) await unplug(name)
  }
}

async function unplug(name: string): Promise<void> {
  await run('ip', 'link', 'del', name)
  leaked += 1
}

async function installByScript(server: string): Promise<void> {
  const reported = reports.length
  const said = await run(
    'sh',
    '-c',
    `curl -fsS ${server}/install/collector.sh | SLASHZERO_ENROLMENT_TOKEN=sz_enrol_check sh`,
  )
  match(said, /Installed and started/)
  equal((await run('systemctl', 'is-active', UNIT)).trim(), 'active')
  equal((await run('stat', '-c', '%U:%G %a', CONFIGURATION)).trim(), 'root:slashzero-collector 640')
  await until('a report has arrived', () => Promise.resolve(reports.length > reported))
}

async function measuresLeak(): Promise<void> {
  await Promise.resolve()
  const last = reports.at(-1)
  const senders = last?.namespaces.flatMap((namespace) => namespace.senders) ?? []
  deepEqual(
    senders.map(({ daemon }) => daemon),
    ['radvd'],
  )
  const [socket] = senders.flatMap(({ sockets }) => sockets)
  equal(socket?.unmeasuredReason, null)
  equal(socket?.optmemBytes, leaked * (last?.membershipBytes ?? 0))
  equal(socket?.staleInterfaceIndexes?.length, leaked)
  deepEqual(
    last?.runs.filter(({ outcome }) => outcome === 'failed'),
    [],
  )
}

async function hasTwoRights(): Promise<void> {
  const pid = (await run('systemctl', 'show', '-P', 'MainPID', UNIT)).trim()
  const status = await run('cat', `/proc/${pid}/status`)
  // CAP_SYS_PTRACE is 19, CAP_DAC_READ_SEARCH 2.
  match(status, /^CapEff:\s0000000000080004$/m)
  match(status, /^CapBnd:\s0000000000080004$/m)
  match(status, /^NoNewPrivs:\s1$/m)
  match(status, /^Seccomp:\s2$/m)
  equal((await run('ps', '-o', 'user:32=', '-p', pid)).trim(), 'slashzero-collector')
}

async function ranksLines(): Promise<void> {
  const journal = await run('journalctl', '-u', UNIT, '-o', 'json', '_COMM=slashzero-colle')
  const lines = journal
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  deepEqual(
    lines.map(({ PRIORITY, MESSAGE }) => `${PRIORITY} ${String(MESSAGE).split(' {')[0]}`),
    ['6 started', '6 enrolled'],
  )
}

async function opensNamespaces(): Promise<void> {
  const limitOf = (report: Report | undefined) =>
    report?.namespaces.find(({ name }) => name === 'qrouter-1')?.optmemMaxBytes
  const failed = (report: Report | undefined) => report?.runs.find(({ outcome }) => outcome === 'failed')?.error
  await run('sh', '-c', 'ip netns add qrouter-1 && ip -n qrouter-1 tuntap add tapq mode tap')
  await run('systemctl', 'restart', UNIT)
  await until('the namespace is closed', () =>
    Promise.resolve(/cannot enter qrouter-1/.test(failed(reports.at(-1)) ?? '')),
  )
  const dropIns = `/etc/systemd/system/${UNIT}.d`
  await run(
    'sh',
    '-c',
    `mkdir -p ${dropIns} && cp /usr/share/doc/slashzero-collector/examples/namespaces.conf ${dropIns}/ && systemctl daemon-reload && systemctl restart ${UNIT}`,
  )
  await until('the namespace is read', () =>
    Promise.resolve(Number(limitOf(reports.at(-1))) > 0 && failed(reports.at(-1)) === undefined),
  )
  await run(
    'sh',
    '-c',
    `rm -r ${dropIns}; ip netns del qrouter-1; systemctl daemon-reload && systemctl restart ${UNIT}`,
  )
}

async function hearsAdvertisements(): Promise<void> {
  const [port = ''] = CHURN
  const dropIns = `/etc/systemd/system/${UNIT}.d`
  const heard = () =>
    reports
      .at(-1)
      ?.namespaces.flatMap(({ taps }) => taps)
      .find(({ name }) => name === port)?.advertisements ?? []
  const before = await run('cat', CONFIGURATION)
  await run(
    'sh',
    '-c',
    `ip link add ${port} type veth peer name ${port}p && ip link set ${port}p up && ip link set ${port} up`,
  )
  await run(
    'sh',
    '-c',
    `sed -i 's/^watch-advertisements = false/watch-advertisements = true/' ${CONFIGURATION} && systemctl restart ${UNIT}`,
  )
  await until('a packet socket is refused', () =>
    Promise.resolve(
      reports.at(-1)?.runs.some(({ probe, outcome }) => probe === 'advertisements' && outcome === 'failed') === true,
    ),
  )
  await run(
    'sh',
    '-c',
    `mkdir -p ${dropIns} && cp /usr/share/doc/slashzero-collector/examples/advertisements.conf ${dropIns}/ && systemctl daemon-reload && systemctl restart ${UNIT}`,
  )
  await until('an advertisement is heard', () =>
    Promise.resolve(
      heard().some(({ direction, routerLifetimeSeconds }) => direction === 'sent' && routerLifetimeSeconds > 0),
    ),
  )
  deepEqual(
    reports.at(-1)?.runs.filter(({ outcome }) => outcome === 'failed'),
    [],
  )
  writeFileSync(`${folder}/root${CONFIGURATION}`, before)
  await unplug(port)
  await run('sh', '-c', `rm -r ${dropIns}; systemctl daemon-reload && systemctl restart ${UNIT}`)
}

async function restartsHanging(): Promise<void> {
  await run(
    'sh',
    '-c',
    `mkdir -p /run/systemd/system/${UNIT}.d && printf '[Service]\\nWatchdogSec=3\\n' >/run/systemd/system/${UNIT}.d/check.conf && systemctl daemon-reload && systemctl restart ${UNIT}`,
  )
  const restarts = async () => Number(await run('systemctl', 'show', '-P', 'NRestarts', UNIT))
  await sleep(7000)
  equal(await restarts(), 0)
  await run('sh', '-c', `kill -STOP $(systemctl show -P MainPID ${UNIT})`)
  await until('the watchdog has ended it', async () => (await restarts()) > 0)
  await run(
    'sh',
    '-c',
    `rm -r /run/systemd/system/${UNIT}.d && systemctl daemon-reload && systemctl reset-failed ${UNIT} && systemctl restart ${UNIT}`,
  )
}

async function refusesTampered(server: string): Promise<void> {
  const installed = await run('dpkg-query', '-W', 'slashzero-collector')
  const script = `curl -fsS ${server}/install/collector.sh | SLASHZERO_SERVER=${server}/tampered SLASHZERO_ENROLMENT_TOKEN=x sh 2>&1 || true`
  match(await run('sh', '-c', script), /does not have the checksum .*; nothing was installed/)
  equal(await run('dpkg-query', '-W', 'slashzero-collector'), installed)
  match(
    await run('sh', '-c', `curl -fsS ${server}/install/collector.sh | SLASHZERO_ENROLMENT_TOKEN='a"b' sh 2>&1 || true`),
    /the enrolment token has characters/,
  )
  match(
    await run(
      'sh',
      '-c',
      `curl -fsS ${server}/install/collector.sh | SLASHZERO_SERVER=http://127.0.0.1:9 sh 2>&1 || true`,
    ),
    /cannot be had: the server is not reached/,
  )
}

async function saysRefusal(server: string): Promise<void> {
  const credential = '/var/lib/slashzero-collector/credential'
  // A collector that runs saves its credential again, and one with the token of before gets another.
  await run(
    'sh',
    '-c',
    `systemctl stop ${UNIT} && mv ${credential} /root/credential && sed -i /^enrolment-token/d ${CONFIGURATION}`,
  )
  const script = `curl -fsS ${server}/install/collector.sh | SLASHZERO_ENROLMENT_TOKEN=sz_enrol_spent sh 2>&1; echo "status $?"`
  match(
    await run('sh', '-c', script),
    /has not taken this machine yet: this host has no credential .*The enrolment token is spent[^]*status 1\n$/,
  )
  await run('sh', '-c', `systemctl stop ${UNIT} && mv /root/credential ${credential}`)
  const reported = reports.length
  await run('systemctl', 'restart', UNIT)
  await until('a report has arrived', () => Promise.resolve(reports.length > reported))
}

async function reloads(): Promise<void> {
  const before = await run('cat', CONFIGURATION)
  const pid = await run('systemctl', 'show', '-P', 'MainPID', UNIT)
  writeFileSync(`${folder}/root${CONFIGURATION}`, `${before}intervall = 5\n`)
  match(await run('sh', '-c', `systemctl reload ${UNIT} 2>&1; echo "status $?"`), /status 1\n$/)
  match(await run('journalctl', '-u', UNIT, '-o', 'cat', '-n', '20'), /intervall: unknown key; did you mean interval\?/)
  writeFileSync(`${folder}/root${CONFIGURATION}`, `${before}[labels]\nsite = "reloaded"\n`)
  await run('systemctl', 'reload', UNIT)
  await until('a report has the label', () => Promise.resolve(reports.at(-1)?.host.labels['site'] === 'reloaded'))
  equal(await run('systemctl', 'show', '-P', 'MainPID', UNIT), pid)
  writeFileSync(`${folder}/root${CONFIGURATION}`, before)
  await run('systemctl', 'reload', UNIT)
}

async function standsAlone(server: string): Promise<void> {
  const said = await run('sh', '-c', `timeout 20 slashzero-collector run --server ${server} 2>&1; echo "status $?"`)
  match(
    said,
    /^slashzero-collector: another slashzero-collector works in \/var\/lib\/slashzero-collector, .*\nstatus 1\n$/,
  )
}

async function writesTextfile(): Promise<void> {
  const [directory, dropIns] = ['/var/lib/prometheus/node-exporter', `/etc/systemd/system/${UNIT}.d`]
  const before = await run('cat', CONFIGURATION)
  writeFileSync(`${folder}/root${CONFIGURATION}`, `metrics-textfile = "${directory}/slashzero.prom"\n${before}`)
  await run('sh', '-c', `mkdir -p ${directory} && systemctl restart ${UNIT}`)
  await until('it is refused', async () =>
    /cannot write the metrics textfile;.* textfile\.conf/.test(
      await run('journalctl', '-u', UNIT, '-o', 'cat', '-n', '20'),
    ),
  )
  const advice =
    /^# {3}(install .*)$/m.exec(await run('cat', '/usr/share/doc/slashzero-collector/examples/textfile.conf'))?.[1] ??
    'false'
  await run(
    'sh',
    '-c',
    `${advice} && mkdir -p ${dropIns} && cp /usr/share/doc/slashzero-collector/examples/textfile.conf ${dropIns}/ && systemctl daemon-reload && systemctl restart ${UNIT}`,
  )
  await until('it is written', async () =>
    /^slashzero_build_info/m.test(await run('cat', `${directory}/slashzero.prom`)),
  )
  await run('systemctl', 'stop', UNIT)
  equal(await run('ls', directory), '')
  writeFileSync(`${folder}/root${CONFIGURATION}`, before)
  await run('sh', '-c', `rm -r ${dropIns} ${directory}; systemctl daemon-reload && systemctl restart ${UNIT}`)
}

async function upgradeKeeps(): Promise<void> {
  await run('sh', '-c', `printf '[labels]\\nsite = "kept"\\n' >>${CONFIGURATION}; slashzero-collector config check`)
  const configuration = await run('cat', CONFIGURATION)
  const spool = (await run('sh', '-c', 'ls -d /var/lib/slashzero-collector/spool/*')).trim()
  await run('sh', '-c', `echo kept >${spool}/kept.txt`)
  await execute(process.execPath, [
    BUILD,
    '--fast',
    '--arch',
    architecture,
    '--version',
    '999.0.0',
    '--out',
    `${folder}/root/srv/later`,
  ])
  await run('sh', '-c', 'dpkg --force-confold -i /srv/later/*.deb')
  equal(await run('cat', CONFIGURATION), configuration)
  equal(await run('cat', `${spool}/kept.txt`), 'kept\n')
  equal((await run('systemctl', 'is-active', UNIT)).trim(), 'active')
  await until('the later one reports, with the label', () =>
    Promise.resolve(
      reports.at(-1)?.host.collectorVersion === '999.0.0' && reports.at(-1)?.host.labels['site'] === 'kept',
    ),
  )
}

async function removeLeavesNothing(): Promise<void> {
  await run('dpkg', '-r', 'slashzero-collector')
  equal(await runningCollectors(), '')
  match(await run('cat', CONFIGURATION), /kept/)
  await run('sh', '-c', 'dpkg --force-confold -i /srv/later/*.deb')
  equal((await run('systemctl', 'is-enabled', UNIT)).trim(), 'enabled')
  equal((await run('systemctl', 'is-active', UNIT)).trim(), 'active')
  await run('dpkg', '-P', 'slashzero-collector')
  await leavesNothing()
}

async function staysQuiet(): Promise<void> {
  await run('sh', '-c', `dpkg -i /srv/dist/*_$(dpkg --print-architecture).deb`)
  equal((await run('systemctl', 'is-enabled', UNIT)).trim(), 'enabled')
  match(await run('systemctl', 'show', '-p', 'ActiveState', UNIT), /inactive/)
  equal((await run('systemctl', 'list-units', '--failed', '--plain', '--no-legend', 'slashzero*')).trim(), '')
  await run('dpkg', '-P', 'slashzero-collector')
  await leavesNothing()
}

async function tarballComesAndGoes(): Promise<void> {
  await run(
    'sh',
    '-c',
    `mkdir /srv/tar && tar -xzf /srv/dist/*-linux-${architecture}.tar.gz -C /srv/tar --strip-components=1`,
  )
  await run('/srv/tar/setup.sh', 'install')
  const reported = reports.length
  await run(
    'sh',
    '-c',
    `sed -i '1i server = "http://127.0.0.1:3000"\\nenrolment-token = "sz_enrol_check"' ${CONFIGURATION} && systemctl restart ${UNIT}`,
  )
  await until('a report has arrived', () => Promise.resolve(reports.length > reported))
  await measuresLeak()
  await run('/srv/tar/setup.sh', 'install')
  await run('/usr/local/lib/slashzero-collector/setup.sh', 'remove')
  equal(await runningCollectors(), '')
  ok((await run('cat', CONFIGURATION)).includes('sz_enrol_check'))
  await run('/srv/tar/setup.sh', 'purge')
  await leavesNothing()
}

async function leavesNothing(): Promise<void> {
  equal(await runningCollectors(), '')
  equal(await listTraces(), tracesBefore)
  equal(await run('sh', '-c', 'getent passwd slashzero-collector; getent group slashzero-collector; true'), '')
  equal(
    await run(
      'sh',
      '-c',
      'systemctl list-unit-files --no-legend "slashzero*"; systemctl list-units --all --no-legend "slashzero*"; true',
    ),
    '',
  )
}

/** Files that bear the name; a machine where Slashzero is worked on has some of its own. */
function listTraces(): Promise<string> {
  return run(
    'sh',
    '-c',
    `find /etc /usr /var /run /lib -xdev -iname '*slashzero*' -not -path '/var/log/*' 2>/dev/null | sort`,
  )
}

function runningCollectors(): Promise<string> {
  return run(
    'sh',
    '-c',
    'for exe in /proc/[0-9]*/exe; do readlink "$exe"; done 2>/dev/null | grep slashzero-collector || true',
  )
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const late = performance.now() + 60_000
  while (performance.now() < late) {
    if (await holds().catch(() => false)) return
    await sleep(300)
  }
  const failed = reports.at(-1)?.runs.flatMap(({ probe, error }) => (error === null ? [] : `${probe}: ${error}`)) ?? []
  throw new Error([`waited 60 s in vain: ${what}; of the last report failed:`, ...failed].join('\n'))
}

async function end(): Promise<void> {
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(timer)
  }
  for (const path of [`${folder}/root`, folder]) await execute('umount', [path]).catch(() => undefined)
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}
