import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { DemoLoad, DemoLoader } from '@slashzero/api'
import type { Logger } from 'pino'
import { z } from 'zod'

const lab = fileURLToPath(new URL('../../../../packages/lab/bin/slashzero-lab.mjs', import.meta.url))
const progressLine = z.object({ done: z.number().nonnegative(), total: z.number().positive() })

/**
 * Loads the demo fleet by a process of its own, which sends it to this server's ingest like any collector.
 * @param serverUrl where that process reaches this server; known once it listens
 */
export function createDemoRunner(serverUrl: () => string, log: Logger): DemoLoader & { readonly stop: () => void } {
  let load: DemoLoad = { state: 'idle' }
  let child: ChildProcess | null = null

  return {
    status: () => load,
    start(enrolmentToken) {
      if (child !== null) return
      load = { state: 'loading', progress: null }
      const started = spawn(process.execPath, [lab, 'demo', '--server', serverUrl(), '--enrolment-token', enrolmentToken], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      let complaint = ''
      createInterface({ input: started.stdout }).on('line', (line) => {
        const progress = readProgress(line)
        if (progress !== null) load = { state: 'loading', progress }
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
      started.once('close', (code) => end(code === 0 ? null : lastLine(complaint) ?? `The demo ended with status ${code}.`))
    },
    stop() {
      child?.kill('SIGTERM')
      child = null
    },
  }
}

function readProgress(line: string): number | null {
  try {
    const { done, total } = progressLine.parse(JSON.parse(line))
    return Math.min(done / total, 1)
  } catch {
    return null
  }
}

function lastLine(text: string): string | null {
  return text.trim().split('\n').at(-1) || null
}
