import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { connectGuest, until } from '@slashzero/lab/testing'
import { expect } from 'vitest'
import type { Context, Ran, Situation, Stage } from './stage.ts'
import { CHURN, OLD_KERNEL, OTHERS, RADVD_OPTIONS, setStage, watchRoute } from './stage.ts'

/** A limit for one membership, without room for another. */
const ONE_MEMBERSHIP = 110

function entriesOf(names: readonly string[]): string {
  return names.map((name) => `interface ${name} { ${RADVD_OPTIONS} };\n`).join('')
}

/** neutron keeps a radvd running in the namespace of each router, and starts a radvd that ended again. */
export const leakInRouter: Situation = {
  name: 'end a leaking radvd that neutron starts again, and no route goes',
  async play(context) {
    const stage = await setStage(context, [])
    context.skip(!(await stage.setLimit(20_480)), OLD_KERNEL)
    const router = 'qrouter-0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a00'
    const inside = ['ip', 'netns', 'exec', router]
    await stage.run('ip', 'netns', 'add', router)
    await stage.run(...inside, 'sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1', 'net.ipv6.conf.default.forwarding=1')
    const folder = mkdtempSync(join(tmpdir(), 'slashzero-router-'))
    context.onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(`${folder}/radvd.conf`, entriesOf(['tap102', ...CHURN]))
    const serve = `while :; do ip netns exec ${router} radvd -n -m none -C ${folder}/radvd.conf -p ${folder}/pid; sleep 1; done`
    stage.start('sh', '-c', serve)
    const vm = await stage.startVm('-name', 'routed')
    const guest = await connectGuest(stage, vm, 'tap102', 'cable102')
    context.onTestFinished(() => guest.remove())
    const raise = async (names: readonly string[]) => {
      for (const name of names) await stage.run('ip', 'link', 'set', name, 'netns', router)
      for (const name of names) await stage.run(...inside, 'ip', 'link', 'set', name, 'up')
      await awaitJoined(stage, inside, names)
    }
    await raise(['tap102'])
    const watch = await watchRoute(guest)
    const churner = await stage.startVm('-name', 'churner')
    await churner.ask('open', ...CHURN)
    await raise(CHURN)
    await churner.ask('close', ...CHURN)
    const stale = async () => (await stage.diagnose()).namespaces.find(({ name }) => name === router)?.senders[0]
    await until('radvd leaks', async () => (await stale())?.staleMemberships === CHURN.length)
    const before = await stale()
    const ran = await stage.obey()
    await until('radvd runs again', async () => ![undefined, before?.pid].includes((await stale())?.pid))
    await stage.awaitStatus('tap102', 'served')
    expect(await stale()).toMatchObject({ staleMemberships: 0 })
    expect(await watch.readHarm()).toEqual([])
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}

/** As `raiseServed`, in another namespace. */
async function awaitJoined(stage: Stage, inside: readonly string[], names: readonly string[]): Promise<void> {
  const isJoined = async () => {
    const table = await stage.run(...inside, 'cat', '/proc/net/igmp6')
    return names.every((name) => new RegExp(`\\s${name}\\s+ff020000000000000000000000000002\\s+2\\s`).test(table))
  }
  await until(`radvd joined on ${names.join(' ')}`, isJoined, 10).catch(async () => {
    for (const name of names) await stage.run(...inside, 'ip', 'link', 'set', name, 'alias', 'again')
    await until(`radvd joined on ${names.join(' ')} after a second announcement`, isJoined)
  })
}

export const fullInDocker: Situation = {
  name: 'serve a tap of a full radvd in Docker',
  play: (context) => fullIn('docker', context),
}
export const fullInPodman: Situation = {
  name: 'serve a tap of a full radvd in Podman',
  play: (context) => fullIn('podman', context),
}

async function fullIn(runtime: 'docker' | 'podman', context: Context): Promise<readonly Ran[]> {
  // Ends after the hypervisor, whose processes are in the groups.
  context.onTestFinished(() => removeGroups(parentOf(runtime)))
  const stage = await setStage(context, [])
  context.skip(!(await stage.setLimit(20_480)), OLD_KERNEL)
  await PREPARE[runtime](stage)
  const flags = `-d --network none --cap-add NET_ADMIN --cap-add NET_RAW --cgroup-parent ${parentOf(runtime)}`
  const radvd = '/usr/sbin/radvd -n -m none -C /etc/radvd.conf -p /tmp/radvd.pid'
  const image = runtime === 'docker' ? 'router' : '--rootfs /run/image'
  const id = (await stage.run('sh', '-c', `${runtime} run ${flags} ${image} ${radvd}`)).trim()
  const pid = (await stage.run(runtime, 'inspect', '-f', '{{.State.Pid}}', id)).trim()
  const inside = ['nsenter', '-t', pid, '-n']
  // Docker turns IPv6 off in a container without a network.
  const settings = ['disable_ipv6=0', 'forwarding=1'].flatMap((one) => [
    `net.ipv6.conf.all.${one}`,
    `net.ipv6.conf.default.${one}`,
  ])
  await stage.run(...inside, 'sysctl', '-qw', ...settings)
  const vm = await stage.startVm('-name', 'contained')
  await vm.ask('open', 'tap102', 'tap103')
  for (const name of ['tap102', 'tap103']) await stage.run('ip', 'link', 'set', name, 'netns', pid)
  await stage.run(...inside, 'ip', 'link', 'set', 'tap102', 'up')
  await awaitJoined(stage, inside, ['tap102'])
  await stage.run(...inside, 'sysctl', '-qw', `net.core.optmem_max=${ONE_MEMBERSHIP}`)
  await stage.run(...inside, 'ip', 'link', 'set', 'tap103', 'up')
  await stage.awaitStatus('tap103', 'not-joined')
  const ran = await stage.obey()
  await stage.awaitStatus('tap103', 'served')
  expect(await stage.readHarm()).toEqual([])
  return ran
}

/** The kernel takes a moment to empty the groups of processes that ended. */
async function removeGroups(parent: string): Promise<void> {
  const found = `find /sys/fs/cgroup -depth -type d -path '*${dirname(parent)}*'`
  await until(`no group is left of ${parent}`, async () => {
    const { stdout } = await promisify(execFile)('sh', ['-c', `${found} -exec rmdir {} + 2>/dev/null; ${found}`])
    return stdout === ''
  })
}

/** The end of the group's name tells the runtime. */
function parentOf(runtime: 'docker' | 'podman'): string {
  return `/slashzero-lab-${runtime}/${runtime}`
}

/** A file system with radvd and nothing that the test does not need. */
const IMAGE = `mkdir -p /run/image/etc /run/image/tmp /run/image/proc /run/image/dev /run/image/run; cd /run/image
for file in /bin/sh /usr/sbin/radvd $(ldd /bin/sh /usr/sbin/radvd | grep -o '/[^ :]*\\.so[^ ]*' | sort -u)
do mkdir -p .$(dirname $file); cp -L $file .$file; done
cp /etc/passwd /etc/group etc/; printf '%s' "$1" >etc/radvd.conf`

const PREPARE = {
  async docker(stage: Stage) {
    await stage.run('sh', '-ec', IMAGE, '-', entriesOf(OTHERS))
    const flags =
      '--data-root /run/data --exec-root /run/exec --iptables=false --ip6tables=false --bridge=none --storage-driver vfs'
    stage.start('sh', '-c', `exec dockerd ${flags} >/run/dockerd.log 2>&1`)
    await until('dockerd answers', async () => (await stage.run('docker', 'info', '-f', '{{.ServerVersion}}')) !== '\n')
    await stage.run('sh', '-ec', 'tar -C /run/image -c . | docker import - router')
  },
  async podman(stage: Stage) {
    await stage.run('sh', '-ec', IMAGE, '-', entriesOf(OTHERS))
    // crun of Debian 12 refuses machines that mount both versions of control groups.
    const engine = '[engine]\ncgroup_manager="cgroupfs"\nevents_logger="none"\nruntime="/usr/sbin/runc"\n'
    const storage = '[storage]\ndriver="vfs"\ngraphroot="/run/storage"\nrunroot="/run/storage-state"\n'
    const configure = `mkdir -p /etc/containers; mount -n -t tmpfs none /etc/containers
printf '[containers]\\ncgroupns="host"\\n%s' "$1" >/etc/containers/containers.conf; printf '%s' "$2" >/etc/containers/storage.conf`
    await stage.run('sh', '-ec', configure, '-', engine, storage)
  },
} as const
