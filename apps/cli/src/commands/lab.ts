import { createEnrolmentToken } from '@slashzero/services'
import { spawn } from 'node:child_process'
import { withDatabase } from '../database.ts'
import { readRunning } from '../data-folder.ts'
import { root } from '../env.ts'
import { exitOf } from '../process.ts'
import { Refusal } from '../terminal.ts'

export const help = `slashzero lab <scenario> [options]

Makes a real situation on this machine, as root: namespaces as hypervisors with real radvd, taps and guests, each watched by
the real collector, which pushes to the running server. Ctrl-C removes all of it.

\`slashzero lab kernel\` and \`slashzero lab guest\` need no server: they boot Debian 12's own kernel in QEMU, and end by themselves
after one or two minutes.
\`slashzero lab kernel -- COMMAND\` runs a command of this checkout there, such as vitest.

\`slashzero lab list\` names the scenarios; \`slashzero lab clean\` removes the leftovers of a crash.`

/** Runs `packages/lab` as its own process, with an enrolment token for the scenarios that push to the server. */
export async function run(args: string[]): Promise<number> {
  const scenario = args[0]
  const standalone =
    scenario === undefined || ['list', 'clean', 'kernel', 'guest'].includes(scenario) || args.includes('--server')
  const child = spawn(
    process.execPath,
    ['packages/lab/bin/slashzero-lab.mjs', ...args, ...(standalone ? [] : await serverArguments())],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  return exitOf(child)
}

async function serverArguments(): Promise<string[]> {
  if (process.getuid?.() !== 0)
    throw new Refusal('The lab makes network namespaces and taps, so it needs root. Run it with sudo.')
  const running = await readRunning()
  if (running === null || running.port === null)
    throw new Refusal('Slashzero does not run on this machine. Run `npm start` in another terminal first.')
  const { token } = await withDatabase((context) =>
    createEnrolmentToken(context, { name: 'lab', uses: 100, demo: true, expiresInHours: 24 }),
  )
  return ['--server', `http://127.0.0.1:${running.port}`, '--enrolment-token', token]
}
