import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { report } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'

const execute = promisify(execFile)
const COLLECTOR = fileURLToPath(new URL('../../bin/slashzero-collector.mjs', import.meta.url))
const HOLD_TAPS = fileURLToPath(new URL('./hold-taps.ts', import.meta.url))

/**
 * A machine of its own as far as the collector can tell: fresh network, process and mount namespaces that hang on one
 * process, and that process on this one. When it dies, nothing is left of them.
 */
export async function makeHypervisor() {
  const folder = mkdtempSync(join(tmpdir(), 'slashzero-lab-'))
  const isolation = ['--net', '--pid', '--mount', '--uts', '--fork', '--kill-child', '--mount-proc']
  const init = ['sh', '-c', 'mount -t tmpfs none /run && echo ready && exec sleep infinity']
  const root = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...isolation, ...init])
  const children: ChildProcess[] = [root]
  await once(root.stdout, 'data')
  const inside = [
    '-t',
    readFileSync(`/proc/${root.pid}/task/${root.pid}/children`, 'utf8').trim(),
    '-n',
    '-p',
    '-m',
    '-u',
    '--',
  ]

  const run = async (...command: string[]): Promise<string> => {
    const { stdout } = await execute('nsenter', [...inside, ...command], { maxBuffer: 1 << 26 })
    return stdout
  }
  const start = (...command: string[]): ChildProcess => {
    const child = spawn('nsenter', [...inside, ...command], { stdio: ['pipe', 'pipe', 'ignore'] })
    children.push(child)
    return child
  }

  /** Users of ff02::2 by interface name, with none of the collector's code. */
  const readUsers = async (): Promise<Map<string, number>> => {
    const rows = (await run('cat', '/proc/net/igmp6'))
      .split('\n')
      .filter((row) => row.includes(' ff020000000000000000000000000002 '))
    return new Map(rows.map((row) => row.split(/ +/)).map(([, name = '', , users]) => [name, Number(users)]))
  }

  await run('ip', 'link', 'set', 'lo', 'up')
  await run('sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1', 'net.ipv6.conf.default.forwarding=1')

  return {
    run,
    start,
    /** Sets net.core.optmem_max; false before Linux 6.8, where all of the machine has one. */
    setLimit: async (bytes: number) => {
      const file = '/proc/sys/net/core/optmem_max'
      return (
        (await run('sh', '-c', `[ ! -e ${file} ] || echo ${bytes} >${file}; ls ${file} 2>/dev/null || true`)) !== ''
      )
    },
    /** Of the collector that is started. */
    stateDir: join(folder, 'state'),

    /** A process that looks like QEMU and holds taps. `ask` gives it one order and returns its answer. */
    startVm: async (...qemuArguments: string[]) => {
      const child = start(
        'bash',
        '-c',
        'exec -a qemu-system-x86_64 "$@"',
        '-',
        process.execPath,
        HOLD_TAPS,
        ...qemuArguments,
      )
      if (child.stdin === null || child.stdout === null) throw new Error('no pipes to the VM')
      const { stdin } = child
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const ask = async (...words: string[]): Promise<string> => {
        stdin.write(`${words.join(' ')}\n`)
        const line = await lines.next()
        if (line.done === true) throw new Error(`the VM ended at: ${words.join(' ')}`)
        return line.value
      }
      return { ask }
    },

    /** Starts radvd for these interfaces, which need not exist; `prefix` is a command to start it with. */
    startRadvd: async (interfaces: readonly string[], prefix: readonly string[] = [], executable = 'radvd') => {
      const name = join(folder, `radvd-${children.length}`)
      const options = 'AdvSendAdvert on; IgnoreIfMissing on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4;'
      const entries = interfaces.map((one) => `interface ${one} { ${options} };\n`)
      writeFileSync(`${name}.conf`, entries.join(''), { mode: 0o644 })
      start(...prefix, executable, '-n', '-m', 'none', '-C', `${name}.conf`, '-p', `${name}.pid`)
      await until('radvd has started', async () => readFileSync(`${name}.pid`, 'utf8') !== '')
    },

    /** Runs the collector once; `prefix` is a command to run it with. */
    collect: async (prefix: readonly string[] = [], ...flags: string[]): Promise<Report> => {
      return report.parse(JSON.parse(await run(...prefix, process.execPath, COLLECTOR, 'once', '--json', ...flags)))
    },

    /** Starts `run` with a server that is not there. `stop` ends it and gives its exit code and how long that took. */
    startCollector: (...flags: string[]) => {
      const command = [
        process.execPath,
        COLLECTOR,
        'run',
        '--server',
        'http://127.0.0.1:9',
        '--state-dir',
        join(folder, 'state'),
        ...flags,
      ]
      const child = start('sh', '-c', 'echo $$ > /run/collector.pid && exec "$@"', '-', ...command)
      return {
        stop: async (): Promise<{ code: number | null; milliseconds: number }> => {
          const ended = once(child, 'exit')
          const since = performance.now()
          await run('sh', '-c', 'kill -TERM $(cat /run/collector.pid)')
          await ended
          return { code: child.exitCode, milliseconds: performance.now() - since }
        },
      }
    },

    /** The reports that could not be sent, oldest first. */
    readSpool: (): Report[] => {
      const names = readdirSync(join(folder, 'state'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.json.gz'),
      )
      const texts = names
        .toSorted((a, b) => a.localeCompare(b))
        .map((name) => gunzipSync(readFileSync(join(folder, 'state', name))).toString('utf8'))
      return texts.map((text) => report.parse({ sentAt: new Date().toISOString(), ...JSON.parse(text) }))
    },

    /** Raises interfaces that radvd serves and waits until it has joined on each; out: their indexes. */
    raiseServed: async (names: readonly string[]): Promise<number[]> => {
      for (const name of names) await run('ip', 'link', 'set', name, 'up')
      const isJoined = async () => {
        const users = await readUsers()
        return names.every((name) => users.get(name) === 2)
      }
      await until(`radvd joined on ${names.join(' ')}`, isJoined, 10).catch(async () => {
        // On a busy machine it finds an address still tentative, and then waits till it hears of that interface again.
        for (const name of names) await run('ip', 'link', 'set', name, 'alias', 'again')
        await until(`radvd joined on ${names.join(' ')} when told of them again`, isJoined)
      })
      const links = await run('ip', '-o', 'link')
      return names.map((name) => Number(new RegExp(`^(\\d+): ${name}:`, 'm').exec(links)?.[1]))
    },

    remove: async (): Promise<void> => {
      for (const child of children.toReversed()) child.kill('SIGKILL')
      if (root.exitCode === null && root.signalCode === null) await once(root, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until it holds; what it throws meanwhile counts as not yet. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 40): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    if (await holds().catch(() => false)) return
    await sleep(100)
  }
  throw new Error(`waited ${seconds} s in vain: ${what}`)
}
