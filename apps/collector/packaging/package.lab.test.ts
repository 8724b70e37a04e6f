import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { report } from '@slashzero/contract/report'
import { startBareHypervisor } from '@slashzero/lab/testing'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }

const own = fileURLToPath(new URL('.', import.meta.url))
const CHURN = ['churn0', 'churn1', 'churn2']
const architecture =
  process.arch === 'arm64'
    ? { node: 'arm64', debian: 'arm64', rpm: 'aarch64' }
    : { node: 'x64', debian: 'amd64', rpm: 'x86_64' }

let folder: string
let deb: string
let rpm: string
let tarball: string
let unit: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-package-'))
  execFileSync(process.execPath, [
    join(own, 'build.ts'),
    '--fast',
    '--arch',
    architecture.node,
    '--out',
    join(folder, 'dist'),
  ])
  deb = join(folder, 'dist', `slashzero-collector_${packageJson.version}_${architecture.debian}.deb`)
  rpm = join(folder, 'dist', `slashzero-collector-${packageJson.version}-1.${architecture.rpm}.rpm`)
  tarball = join(folder, 'dist', `slashzero-collector-${packageJson.version}-linux-${architecture.node}.tar.gz`)
  execFileSync('dpkg-deb', ['-R', deb, join(folder, 'root')])
  unit = join(folder, 'root/usr/lib/systemd/system/slashzero-collector.service')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('dist has the packages, the script and their checksums', () => {
  expect(readdirSync(join(folder, 'dist')).toSorted()).toEqual([
    'SHA256SUMS',
    'collector.sh',
    ...[rpm, tarball, deb].map((file) => basename(file)),
  ])
  execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: join(folder, 'dist') })
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
  for (const name of [
    'setup.sh',
    'files/usr/local/bin/slashzero-collector',
    'files/etc/systemd/system/slashzero-collector.service',
  ]) {
    expect(files).toContain(`linux-${architecture.node}/${name}\n`)
  }
})

test('the .deb has one executable and its files, owned and writable by root only', () => {
  const rows = execFileSync('dpkg-deb', ['-c', deb], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.split(/ +/))
  expect(rows.filter(([mode = '', owner]) => owner !== 'root/root' || !/^[d-]rw[x-]r-[x-]r-[x-]$/.test(mode))).toEqual(
    [],
  )
  const executables = rows.filter(([mode = '']) => /^-..x/.test(mode)).map((row) => row.at(-1))
  expect(executables).toEqual(['./usr/bin/slashzero-collector', './usr/lib/slashzero-collector/slashzero-collector'])
  const files = rows.filter(([mode = '']) => mode.startsWith('-')).map((row) => row.at(-1))
  expect(files).toEqual(
    expect.arrayContaining([
      './etc/slashzero/collector.toml',
      './usr/lib/slashzero-collector/collector.mjs',
      './usr/lib/slashzero-collector/koffi.node',
      './usr/lib/systemd/system/slashzero-collector.service',
      './usr/lib/sysusers.d/slashzero-collector.conf',
      './usr/share/man/man8/slashzero-collector.8.gz',
      './usr/share/slashzero-collector/guest/slashzero-push.ps1',
      './usr/share/slashzero-collector/guest/slashzero-push.sh',
    ]),
  )
  expect(readFileSync(join(folder, 'root/DEBIAN/conffiles'), 'utf8')).toBe('/etc/slashzero/collector.toml\n')
})

test('the .rpm has the files of the .deb, owned by root', () => {
  const rows = execFileSync(
    'rpm',
    ['-qp', '--qf', '[%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME}\n]', rpm],
    { encoding: 'utf8' },
  )
    .trim()
    .split('\n')
    .map((row) => row.split(' '))
  expect(
    rows.filter(
      ([, mode = '', user, group]) =>
        user !== 'root' || group !== 'root' || !/^[d-]rw[x-]r-[x-](r-[x-]|---)$/.test(mode),
    ),
  ).toEqual([])
  const files = rows.filter(([, mode = '']) => mode.startsWith('-')).map(([name]) => name)
  const debian = ['/usr/lib/sysusers.d/', '/usr/share/lintian/', '/usr/share/doc/slashzero-collector/c']
  const inDeb = readdirSync(join(folder, 'root'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('DEBIAN'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'root').length))
    .filter((name) => !debian.some((start) => name.startsWith(start)))
  expect(files).toEqual([...inDeb, '/usr/share/doc/slashzero-collector/LICENSES'].toSorted())
})

describe.skipIf(process.getuid?.() !== 0)('installed below another root', () => {
  const wanted = '/etc/systemd/system/multi-user.target.wants/slashzero-collector.service'

  test('a .deb installed again is enabled, unless it was disabled before', async () => {
    const said = await within(
      `
      install() { dpkg --no-triggers -i /package >/dev/null && systemctl is-enabled slashzero-collector; true; }
      install; rm /etc/slashzero/collector.toml; install; dpkg -r slashzero-collector >/dev/null; install
      systemctl disable --quiet slashzero-collector; install; dpkg -r slashzero-collector >/dev/null; install
      dpkg -P slashzero-collector >/dev/null; find /etc /usr /var/lib -xdev -iname '*slashzero-collector*'; getent passwd slashzero-collector; true`,
      deb,
    )
    expect(said).toBe('enabled\nenabled\nenabled\ndisabled\ndisabled\n')
  })

  test('the .rpm creates its user, enables the service once and keeps the configuration', async () => {
    const said = await within(
      `
      install() { rpm --upgrade --nodeps --force-debian --replacepkgs --oldpackage /package; }
      install; stat -c '%U:%G %a' /etc/slashzero/collector.toml; slashzero-collector --version; readlink ${wanted} | sed 's,.*/,,'
      systemctl disable --quiet slashzero-collector; echo '# mine' >>/etc/slashzero/collector.toml; mkdir -m 700 /var/lib/slashzero-collector
      install; tail -n 1 /etc/slashzero/collector.toml; systemctl is-enabled slashzero-collector
      rpm --erase slashzero-collector 2>/dev/null; find /etc /usr /var/lib -xdev -iname '*slashzero-collector*'; getent passwd slashzero-collector; ls /etc/slashzero`,
      rpm,
    )
    expect(said).toBe(
      `root:slashzero-collector 640\nslashzero-collector ${packageJson.version}\nslashzero-collector.service\n# mine\ndisabled\ncollector.toml.rpmsave\n`,
    )
  })

  test('the tarball works and uninstalls even if root creates private files', async () => {
    const said = await within(
      `
      umask 077; cd /tmp; mkdir t; tar -xzf /package -C t --strip-components=1; t/setup.sh install >/dev/null
      su -s /bin/sh slashzero-collector -c '/usr/local/bin/slashzero-collector --version; cat /etc/slashzero/collector.toml | head -c 15'; echo
      grep -c '^Exec.*=/usr/local/bin/slashzero-collector' /etc/systemd/system/slashzero-collector.service
      /usr/local/lib/slashzero-collector/setup.sh purge; find /etc /usr /var/lib -xdev -iname '*slashzero-collector*'; getent passwd slashzero-collector; true`,
      tarball,
    )
    expect(said).toBe(`slashzero-collector ${packageJson.version}\n# Configuration\n2\n`)
  })

  test('install.sh succeeds if the server accepts the machine, or shows the last error', async () => {
    const { origin, server } = await serveDist([])
    // Replaces systemd: the server accepts the service, or refuses it.
    const said = await within(
      `
      stub() { printf '#!/bin/sh\\n%s\\n' "$2" >/usr/local/bin/$1; chmod 755 /usr/local/bin/$1; }
      stub journalctl 'echo the token is spent'; stub sleep ''; stub systemctl ''; mkdir -p /run/systemd/system
      install() { SLASHZERO_SERVER=${origin} SLASHZERO_ENROLMENT_TOKEN=\${1:-} sh /package 2>&1 | sed 's/^Downloading .*_/_/'; }
      install sz_enrol_spent
      stub systemctl '[ "$1" != restart ] || { install -d -o slashzero-collector /var/lib/slashzero-collector; echo sz_host_new >/var/lib/slashzero-collector/credential; }'
      install sz_enrol_good; head -n 2 /etc/slashzero/collector.toml
      credential=/var/lib/slashzero-collector/credential; stub systemctl ''
      install; cat $credential; echo sz_host_revoked >$credential; install; install sz_enrol_good; test ! -e $credential
      stub dpkg-query 'exit 1'; stub rpm 'echo "rpm $*" >>/rpm'; install sz_enrol_good >/dev/null; sed 's,/tmp/[^/]*/,,' /rpm`,
      join(folder, 'dist/collector.sh'),
    )
    server.close()
    expect(said).toBe(`_${architecture.debian}.deb from ${origin}
slashzero-collector: the service is installed and runs, but ${origin} has not accepted this machine yet: the token is spent
_${architecture.debian}.deb from ${origin}
Installed and started. This machine appears on ${origin} with its first report.
server = "${origin}"
enrolment-token = "sz_enrol_good"
_${architecture.debian}.deb from ${origin}
Installed and started. This machine appears on ${origin} with its first report.
sz_host_new
_${architecture.debian}.deb from ${origin}
slashzero-collector: ${origin} does not know this machine any more; create an enrolment token there, and run the command that the page shows.
_${architecture.debian}.deb from ${origin}
slashzero-collector: the service is installed and runs, but ${origin} has not accepted this machine yet: the token is spent
rpm --query rpm
rpm --upgrade --replacepkgs --oldpackage ${basename(rpm)}
`)
  })

  test('a credential of the service’s user cannot direct root to another file', async () => {
    const seen: string[] = []
    const { origin, server } = await serveDist(seen)
    const said = await within(
      `
      stub() { printf '#!/bin/sh\\n%s\\n' "$2" >/usr/local/bin/$1; chmod 755 /usr/local/bin/$1; }
      stub journalctl ''; stub sleep ''; mkdir -p /run/systemd/system
      stub systemctl '[ "$1" != restart ] || { install -d -o slashzero-collector /var/lib/slashzero-collector; [ -e /var/lib/slashzero-collector/credential ] || echo sz_host_new >/var/lib/slashzero-collector/credential; }'
      install() { SLASHZERO_SERVER=${origin} SLASHZERO_ENROLMENT_TOKEN=\${1:-} timeout 60 sh /package >/dev/null 2>&1; echo $?; }
      install sz_enrol_good; cd /var/lib/slashzero-collector
      printf 'x"\\noutput = "/ordered"\\nurl = "${origin}/install/SHA256SUMS\\n' >credential; install; ls /ordered 2>/dev/null || true
      echo sz_host_secret_of_root >/root/secret; chmod 600 /root/secret; ln -sf /root/secret credential; install
      rm credential; mkfifo credential; chmod 644 credential; install`,
      join(folder, 'dist/collector.sh'),
    )
    server.close()
    expect(said.split('\n')).not.toContain('/ordered')
    expect(seen.filter((authorization) => authorization.includes('secret'))).toEqual([])
  })

  /** A server that offers the packages; a revoked credential is refused. `seen` gets the Authorization headers. */
  async function serveDist(seen: string[]) {
    const server = createServer(({ url = '', headers }, response) => {
      seen.push(headers.authorization ?? '')
      if (url.startsWith('/install/')) response.end(readFileSync(join(folder, 'dist', basename(url))))
      else response.writeHead(headers.authorization === 'Bearer sz_host_revoked' ? 401 : 400).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return { server, origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
  }

  /** Runs a script with a file beside it over a copy of this machine's files without systemd. Out: the output. */
  async function within(script: string, file: string): Promise<string> {
    const place = join(folder, 'over')
    const { stdout } = await promisify(execFile)('unshare', [
      '--mount',
      'sh',
      '-euc',
      `
      mkdir -p "$0" && mount -t tmpfs none "$0" && mkdir "$0/upper" "$0/work" "$0/root"
      mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" "$0/root"
      cp "$1" "$0/root/package" && chroot "$0/root" sh -c "$2" </dev/null`,
      place,
      file,
      script,
    ])
    return stdout
  }
})

test('the packaged service has its own process name, so the bundle order is right', async () => {
  const library = join(folder, 'root/usr/lib/slashzero-collector')
  const args = [
    'run',
    '--server',
    'http://127.0.0.1:9',
    '--enrolment-token',
    'any',
    '--state-dir',
    join(folder, 'state'),
  ]
  const child = spawn(join(library, 'slashzero-collector'), [join(library, 'collector.mjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stderr, 'data')
  expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe('slashzero-colle\n')
})

describe.skipIf(process.getuid?.() !== 0)('the packaged program', () => {
  test('measures the leaking radvd of another user with the rights of the unit', async () => {
    const hypervisor = await startBareHypervisor()
    try {
      const vm = await hypervisor.startVm('-name', 'churner')
      await hypervisor.startRadvd(CHURN)
      await vm.ask('open', ...CHURN)
      await hypervisor.raiseServed(CHURN)
      await vm.ask('close', ...CHURN)
      // Mounts the package as if installed, only in this mount namespace.
      await hypervisor.run(
        'mount',
        '-t',
        'overlay',
        'overlay',
        '-o',
        `lowerdir=${join(folder, 'root/usr')}:/usr`,
        '/usr',
      )
      const [command = ''] = setting('ExecStart').split(' ')
      const rights = setting('AmbientCapabilities').toLowerCase().replaceAll('cap_', '+').replaceAll(' ', ',')
      expect(setting('CapabilityBoundingSet')).toBe(setting('AmbientCapabilities'))
      const user = ['--reuid', '64999', '--regid', '64999', '--clear-groups', '--no-new-privs']
      const granted = ['--bounding-set', `-all,${rights}`, '--inh-caps', rights, '--ambient-caps', rights]
      const made = report.parse(
        JSON.parse(await hypervisor.run('setpriv', ...user, ...granted, command, 'once', '--json')),
      )
      const sockets = made.namespaces.flatMap(({ senders }) => senders).flatMap((sender) => sender.sockets)
      expect(sockets).toMatchObject([{ optmemBytes: 3 * 56, unmeasuredReason: null }])
      expect(sockets[0]?.staleInterfaceIndexes).toHaveLength(3)
      expect(made.runs.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    } finally {
      await hypervisor.remove()
    }
  })
})

test.skipIf(!existsSync('/usr/bin/systemd-analyze'))('systemd rates the exposure of the unit at 2.0 or better', () => {
  const said = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], { encoding: 'utf8' })
  expect(Number(/Overall exposure level for .*: ([\d.]+)/.exec(said)?.[1])).toBeLessThanOrEqual(2)
})

test.skipIf(!existsSync('/usr/bin/man'))('the man page has nothing that its formatter warns of', () => {
  const page = join(folder, 'root/usr/share/man/man8/slashzero-collector.8.gz')
  expect(
    spawnSync('man', ['-l', '--warnings', page], {
      encoding: 'utf8',
      env: { ...process.env, MANWIDTH: '80', MANPAGER: 'cat' },
    }),
  ).toMatchObject({ status: 0, stderr: '' })
})

test.skipIf(!existsSync('/usr/bin/shellcheck'))('shellcheck finds nothing in the scripts', () => {
  const scripts = [
    'install.sh',
    'slashzero-collector.sh',
    'tarball/setup.sh',
    'debian/postinst',
    'debian/prerm',
    'debian/postrm',
  ]
  expect(execFileSync('shellcheck', scripts, { cwd: own, encoding: 'utf8' })).toBe('')
})

/** The last value of a key in the unit. */
function setting(name: string): string {
  const values = [...readFileSync(unit, 'utf8').matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value)
  return values.at(-1) ?? ''
}
