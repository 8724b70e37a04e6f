import { spawn } from 'node:child_process'
import { childEnvironment, root } from '../env.ts'
import { exitOf } from '../process.ts'
import { step } from '../terminal.ts'
import { add, nothing, type Outcome } from './outcome.ts'

const checks = [
  { name: 'types', command: 'turbo', args: ['run', 'typecheck', '--output-logs=errors-only', '--no-color'] },
  { name: 'format', command: 'oxfmt', args: ['--check'] },
  { name: 'lint', command: 'oxlint', args: ['--deny-warnings'] },
  {
    name: 'import boundaries',
    command: 'depcruise',
    args: ['apps', 'packages', 'prisma', 'e2e', '--output-type', 'err'],
  },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
]

/** Types, lint, import boundaries and dead code, each counted as one check. */
export async function runStaticChecks(): Promise<Outcome> {
  let outcome = nothing
  for (const { name, command, args } of checks) outcome = add(outcome, await check(name, command, args))
  return outcome
}

async function check(name: string, command: string, args: string[]): Promise<Outcome> {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment({ TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await step(`Checking ${name}`, () => exitOf(child))
  if (code === 0) return { passed: 1, failed: [], skipped: [] }
  process.stdout.write(output)
  return { passed: 0, failed: [`check of ${name}`], skipped: [] }
}
