import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { report } from '@slashzero/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { makeHypervisor } from '../src/lab/make-hypervisor.ts'

const own = fileURLToPath(new URL('.', import.meta.url))
const unit = join(own, 'systemd/slashzero-collector.service')
const CHURN = ['churn0', 'churn1', 'churn2']
const architecture = process.arch === 'arm64' ? { node: 'arm64', debian: 'arm64' } : { node: 'x64', debian: 'amd64' }

let folder: string
let deb: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-package-'))
  execFileSync(process.execPath, [join(own, 'build.ts'), '--fast', '--arch', architecture.node, '--out', join(folder, 'dist')])
  deb = join(folder, 'dist', `slashzero-collector_${packageJson.version}_${architecture.debian}.deb`)
  execFileSync('dpkg-deb', ['-R', deb, join(folder, 'root')])
})
afterAll(() => rmSync(folder, { recursive: true }))

test('dist holds the packages, the script, and a list of checksums that fits', () => {
  const tarball = `slashzero-collector-${packageJson.version}-linux-${architecture.node}.tar.gz`
  expect(readdirSync(join(folder, 'dist')).toSorted()).toEqual(['SHA256SUMS', 'collector.sh', tarball, deb.split('/').at(-1)])
  execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: join(folder, 'dist') })
  const files = execFileSync('tar', ['-tzf', join(folder, 'dist', tarball)], { encoding: 'utf8' })
  for (const name of ['setup.sh', 'files/usr/local/bin/slashzero-collector', 'files/etc/systemd/system/slashzero-collector.service']) {
    expect(files).toContain(`linux-${architecture.node}/${name}\n`)
  }
})

test('the .deb holds one executable and what it carries, all of root and writable for root alone', () => {
  const rows = execFileSync('dpkg-deb', ['-c', deb], { encoding: 'utf8' }).trim().split('\n').map((row) => row.split(/ +/))
  expect(rows.filter(([mode = '', owner]) => owner !== 'root/root' || !/^[d-]rw[x-]r-[x-]r-[x-]$/.test(mode))).toEqual([])
  const executables = rows.filter(([mode = '']) => /^-..x/.test(mode)).map((row) => row.at(-1))
  expect(executables).toEqual(['./usr/bin/slashzero-collector', './usr/lib/slashzero-collector/slashzero-collector'])
  const files = rows.filter(([mode = '']) => mode.startsWith('-')).map((row) => row.at(-1))
  expect(files).toEqual(expect.arrayContaining([
    './etc/slashzero/collector.toml',
    './usr/lib/slashzero-collector/collector.mjs',
    './usr/lib/slashzero-collector/koffi.node',
    './usr/lib/systemd/system/slashzero-collector.service',
    './usr/lib/sysusers.d/slashzero-collector.conf',
    './usr/share/man/man8/slashzero-collector.8.gz',
    './usr/share/slashzero-collector/guest/slashzero-push.ps1',
    './usr/share/slashzero-collector/guest/slashzero-push.sh',
  ]))
  expect(readFileSync(join(folder, 'root/DEBIAN/conffiles'), 'utf8')).toBe('/etc/slashzero/collector.toml\n')
})

describe.skipIf(process.getuid?.() !== 0)('the packaged program', () => {
  test('measures the leaking radvd of another user with the rights that the unit grants', async () => {
    const hypervisor = await makeHypervisor()
    try {
      const vm = await hypervisor.startVm('-name', 'churner')
      await hypervisor.startRadvd(CHURN)
      await vm.ask('open', ...CHURN)
      await hypervisor.raiseServed(CHURN)
      await vm.ask('close', ...CHURN)
      // As if it were installed, and in this mount namespace alone.
      await hypervisor.run('mount', '-t', 'overlay', 'overlay', '-o', `lowerdir=${join(folder, 'root/usr')}:/usr`, '/usr')
      const [command = ''] = setting('ExecStart').split(' ')
      const rights = setting('AmbientCapabilities').toLowerCase().replaceAll('cap_', '+').replaceAll(' ', ',')
      expect(setting('CapabilityBoundingSet')).toBe(setting('AmbientCapabilities'))
      const user = ['--reuid', '64999', '--regid', '64999', '--clear-groups', '--no-new-privs']
      const granted = ['--bounding-set', `-all,${rights}`, '--inh-caps', rights, '--ambient-caps', rights]
      const made = report.parse(JSON.parse(await hypervisor.run('setpriv', ...user, ...granted, command, 'once', '--json')))
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

test.skipIf(!existsSync('/usr/bin/shellcheck'))('shellcheck finds nothing in the scripts', () => {
  const scripts = ['install.sh', 'slashzero-collector.sh', 'tarball/setup.sh', 'debian/postinst', 'debian/prerm', 'debian/postrm']
  expect(execFileSync('shellcheck', scripts, { cwd: own, encoding: 'utf8' })).toBe('')
})

/** What the unit says, in its last word on it. */
function setting(name: string): string {
  const values = [...readFileSync(unit, 'utf8').matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value)
  return values.at(-1) ?? ''
}
