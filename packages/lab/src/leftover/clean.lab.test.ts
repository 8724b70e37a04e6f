import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, readlink } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startHypervisor } from '../hypervisor/start.ts'
import { LAB_DIRECTORY } from './claim.ts'
import { cleanLeftovers } from './clean.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/slashzero-lab.mjs', import.meta.url))

test('Ctrl-C, even twice, leaves nothing behind', async () => {
  const interfaces = await readdir('/sys/class/net')
  const lab = await startLab()
  const made = await findMade(lab)
  lab.kill('SIGINT')
  lab.kill('SIGINT')
  expect(await once(lab, 'exit')).toEqual([0, null])
  expect(await remainsOf(made)).toEqual([])
  expect(await readdir('/sys/class/net')).toEqual(interfaces)
  expect(existsSync(made.directory)).toBe(false)
})

test('a killed lab ends its processes and namespaces; clean removes its files', async () => {
  const lab = await startLab()
  const made = await findMade(lab)
  lab.kill('SIGKILL')
  await once(lab, 'exit')
  await expect.poll(() => remainsOf(made)).toEqual([])
  expect(existsSync(made.directory)).toBe(true)
  expect((await cleanLeftovers()).removed).toContain(made.name)
  expect(existsSync(made.directory)).toBe(false)
})

test('clean spares a running lab and does not end a process for its pid alone', async () => {
  const hypervisor = await startHypervisor({ name: 'kept-test' })
  onTestFinished(() => hypervisor.dispose())
  const reused = `${process.pid}-1`
  await mkdir(`${LAB_DIRECTORY}/${reused}`)
  const cleaning = await cleanLeftovers()
  expect(cleaning.removed).toContain(reused)
  expect(cleaning.ended).not.toContain(process.pid)
  expect(cleaning.running).toContain(process.pid)
  expect((await hypervisor.cell.run('hostname', [])).trim()).toBe('kept-test')
})

test('clean ends a process with a mount of a lab that has ended', async () => {
  const name = '4194303-1'
  const directory = `${LAB_DIRECTORY}/${name}`
  await mkdir(`${directory}/run`, { recursive: true })
  const script = `mount -n --bind ${directory}/run /mnt && echo mounted && exec sleep 60`
  const orphan = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(orphan.stdout, 'data')
  const ended = once(orphan, 'exit')
  const cleaning = await cleanLeftovers()
  expect(cleaning.removed).toContain(name)
  expect(cleaning.ended).toContain(orphan.pid)
  expect(await ended).toEqual([null, 'SIGKILL'])
})

async function startLab(): Promise<ChildProcess> {
  const lab = spawn(process.execPath, [PROGRAM, 'leak', '--pause', '1'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  for await (const chunk of lab.stdout.iterator({ destroyOnReturn: false })) {
    output += String(chunk)
    if (output.includes('taps came and went')) return lab
  }
  throw new Error(`The lab ended early: ${output}`)
}

type Made = { name: string; directory: string; pids: string[]; namespaces: string[] }

/** The processes and namespaces of a lab: processes outside this mount namespace that have the lab's files mounted. */
async function findMade(lab: ChildProcess): Promise<Made> {
  const name = (await readdir(LAB_DIRECTORY)).find((entry) => entry.startsWith(`${lab.pid}-`)) ?? ''
  const pids: string[] = []
  const namespaces = new Set<string>()
  for (const pid of await processes()) {
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')
    if (!mounts.includes(`/slashzero-lab/${name}/`)) continue
    pids.push(pid)
    for (const kind of KINDS) namespaces.add(await readlink(`/proc/${pid}/ns/${kind}`))
  }
  // `unshare` itself stays in this machine's PID namespace.
  for (const kind of KINDS) namespaces.delete(await readlink(`/proc/self/ns/${kind}`))
  // The hypervisor and its guest have one namespace of each kind.
  expect(namespaces.size).toBe(2 * KINDS.length)
  return { name, directory: `${LAB_DIRECTORY}/${name}`, pids, namespaces: [...namespaces] }
}

async function remainsOf({ pids, namespaces }: Made): Promise<string[]> {
  const found = new Set<string>()
  for (const pid of await processes()) {
    if (pids.includes(pid)) found.add(`process ${pid}`)
    for (const kind of KINDS) {
      const namespace = await readlink(`/proc/${pid}/ns/${kind}`).catch(() => '')
      if (namespaces.includes(namespace)) found.add(namespace)
    }
  }
  const mounts = await readFile('/proc/self/mounts', 'utf8')
  return [...found, ...mounts.split('\n').filter((mount) => mount.includes('slashzero-lab'))]
}

async function processes(): Promise<string[]> {
  return (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
}

const KINDS = ['net', 'pid', 'mnt', 'uts', 'ipc']
