import { spawn } from 'node:child_process'
import type { Owner } from './owner.ts'

/** PostgreSQL's messages in English. Next's types, where loaded, require NODE_ENV. */
export const ENVIRONMENT = { LC_ALL: 'C', NODE_ENV: 'production' } as const

/** Runs a program to its end, as `owner` unless null. Rejects with the program's last line if the program fails. */
export function run(command: string, args: string[], owner: Owner | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...owner, cwd: '/', env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-4000)
      })
    }
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} ended with ${code ?? 'a signal'}: ${lastLine(output)}`))
    })
  })
}

export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? 'it printed nothing'
}
