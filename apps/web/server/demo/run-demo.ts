import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { DemoLoad, DemoLoader } from '@slashzero/api'
import { readDemoProgress } from '@slashzero/demo/program'
import type { Logger } from 'pino'

const KILL_MILLISECONDS = 2000

/**
 * Loads the demo fleet in a child process, which then continues to report. `argumentsFor`: Node's arguments for an
 * enrolment token; the script writes progress to stdout and the reason of a failure to stderr.
 */
export function createDemoRunner(argumentsFor: (enrolmentToken: string) => readonly string[], log: Logger): DemoLoader {
  let load: DemoLoad = { state: 'idle' }
  let child: ChildProcess | null = null

  async function stop() {
    const stopping = child
    child = null
    load = { state: 'idle' }
    if (stopping === null || stopping.exitCode !== null || stopping.signalCode !== null) return
    const gone = once(stopping, 'close')
    stopping.kill('SIGTERM')
    const timer = setTimeout(() => stopping.kill('SIGKILL'), KILL_MILLISECONDS)
    await gone
    clearTimeout(timer)
  }

  return {
    status: () => load,
    stop,
    async start(enrolmentToken) {
      if (load.state === 'loading') return
      await stop()
      load = { state: 'loading', progress: null }
      const started = spawn(process.execPath, argumentsFor(enrolmentToken), {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      })
      child = started
      let complaint = ''
      if (started.stdout === null || started.stderr === null)
        throw new Error("The child process has no output: start it with stdio 'pipe'.")
      createInterface({ input: started.stdout }).on('line', (line) => {
        const progress = readDemoProgress(line)
        if (progress === null || child !== started) return
        const { done, total } = progress
        load = done < total ? { state: 'loading', progress: done / total } : { state: 'idle' }
      })
      started.stderr.on('data', (chunk: Buffer) => {
        complaint = (complaint + chunk.toString()).slice(-2000)
      })
      const end = (problem: string | null) => {
        if (child !== started) return
        child = null
        load = problem === null ? { state: 'idle' } : { state: 'failed', error: problem }
        if (problem !== null) log.warn({ problem }, 'loading the demo fleet failed')
      }
      started.once('error', (error) => end(`The demo could not be started: ${error.message}`))
      started.once('close', (code) =>
        end(code === 0 ? null : (lastLine(complaint) ?? `The demo ended with status ${code}.`)),
      )
    },
  }
}

function lastLine(text: string): string | null {
  return text.trim().split('\n').at(-1) || null
}
