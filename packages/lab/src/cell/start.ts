import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { childEnvironment } from '../env.ts'
import { collect } from './collect.ts'

/** A process tree with its own network, PID, mount, UTS and IPC namespaces. */
export type Cell = {
  /** Its first process, as this machine numbers it. */
  readonly pid: number
  /** The programs that were started inside and still run, each as its nsenter. */
  readonly running: Set<ChildProcess>
  /** Starts a program inside. It dies with the cell at the latest. */
  spawn(
    command: string,
    args: readonly string[],
    options?: { stdio?: StdioOptions; env?: NodeJS.ProcessEnv },
  ): ChildProcess
  /** Runs a program inside to its end; returns its standard output, or throws its standard error if it fails. */
  run(command: string, args: readonly string[], input?: string): Promise<string>
  /** Ends every process inside; the kernel then removes the cell's namespaces, interfaces and mounts. */
  dispose(): Promise<void>
}

/**
 * Starts a cell and runs `setup` (lines of sh) as its first process, which ends with this process, by a pipe that
 * closes; the kernel then removes the rest. Throws with the message of the line of `setup` that failed.
 */
export async function startCell(setup: readonly string[], within: Cell | null = null): Promise<Cell> {
  const script = ['set -e', ...setup, 'echo ready', WAIT_FOR_END].join('\n')
  const args = [...NAMESPACES, '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script]
  const stdio: StdioOptions = ['pipe', 'pipe', 'pipe']
  const unshare = within?.spawn('unshare', args, { stdio }) ?? spawn('unshare', args, { detached: true, stdio })
  const ended = once(unshare, 'exit')
  const complaint = collect(unshare.stderr)
  const ready = await Promise.race([unshare.stdout && once(unshare.stdout, 'data'), ended.then(() => null)])
  if (ready === null) throw new Error(`A namespace could not be set up: ${(await complaint).trim()}`)
  // Within a cell, what was spawned is nsenter, and unshare its child.
  const pid = within === null ? childOf(unshare) : childOf({ pid: childOf(unshare), spawnfile: 'unshare' })
  const running = new Set<ChildProcess>()
  return {
    pid,
    running,
    ...enter(['--target', String(pid), ...NAMESPACES], running),
    async dispose() {
      unshare.stdin?.end()
      const continuing = setInterval(() => running.forEach(continueEntered), 50)
      await ended
      clearInterval(continuing)
    },
  }
}

/**
 * nsenter stops when its program is stopped, and then does not notice the program's end, for which the end of the cell
 * waits. Continues both.
 */
export function continueEntered(nsenter: ChildProcess): void {
  nsenter.kill('SIGCONT')
}

/** A cell whose programs are in another cell's network namespace, and in all else in `cell`. */
export function joinNetwork(cell: Cell, network: Cell): Cell {
  const namespaces = NAMESPACES.map((namespace) =>
    namespace === '--net' ? `--net=/proc/${network.pid}/ns/net` : namespace,
  )
  return { ...cell, pid: network.pid, ...enter(['--target', String(cell.pid), ...namespaces], cell.running) }
}

function enter(namespaces: readonly string[], running: Set<ChildProcess>): Pick<Cell, 'spawn' | 'run'> {
  const begin: Cell['spawn'] = (command, args, options = {}) => {
    const child = spawn('nsenter', [...namespaces, '--', command, ...args], {
      detached: true,
      env: childEnvironment(options.env),
      stdio: options.stdio ?? 'ignore',
    })
    running.add(child)
    return child.once('exit', () => running.delete(child))
  }
  return {
    spawn: begin,
    async run(command, args, input) {
      const child = begin(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
      child.stdin?.end(input)
      const [output, error, [code, signal]] = await Promise.all([
        collect(child.stdout),
        collect(child.stderr),
        once(child, 'close'),
      ])
      const end = signal === null ? `exit status ${code}` : `killed by ${signal}`
      if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${error.trim() || end}`)
      return output
    },
  }
}

const NAMESPACES = ['--net', '--pid', '--uts', '--mount', '--ipc']

// `cat` ends when the pipe does. With SIGCHLD ignored the kernel reaps what a cell's dead daemons leave to its first
// process.
const WAIT_FOR_END = 'exec env --ignore-signal=CHLD cat'

/** The child of a process that has exactly one. */
export function childOf(parent: Pick<ChildProcess, 'pid' | 'spawnfile'>): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      // The name, in parentheses, may hold spaces: the fields that follow it are state and parent.
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      if (Number(fields[1]) === parent.pid) return Number(entry)
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error(`Process ${parent.pid} (${parent.spawnfile}) has no child: it ended early.`)
}
