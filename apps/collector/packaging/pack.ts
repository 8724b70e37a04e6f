import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whether this machine has a program that knows `--version`. */
export function isInstalled(command: string): Promise<boolean> {
  return run(command, ['--version']).then(
    () => true,
    () => false,
  )
}

/** Runs a program of the system. Throws with the program's output if the program fails. */
export async function pack(command: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(await sourceDate(cwd)) }
  await run(command, args, { cwd, env }).catch((error: unknown) => {
    throw new Error(
      `${command} failed: ${error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)}`,
      { cause: error },
    )
  })
}

/** The time of the last commit in seconds, so that one source gives one package; now if there is no repository. */
export async function sourceDate(cwd: string): Promise<number> {
  const given = Number(process.env['SOURCE_DATE_EPOCH'])
  if (given > 0) return given
  const { stdout } = await run('git', ['log', '-1', '--format=%ct'], { cwd }).catch(() => ({ stdout: '' }))
  return Number(stdout) || Math.trunc(Date.now() / 1000)
}
