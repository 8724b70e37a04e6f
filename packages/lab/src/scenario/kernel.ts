import { SEARCH_PATH } from '../env.ts'
import { type Row, prove, tabulate } from '../other-kernel/prove.ts'
import { prepareKernel } from '../qemu/prepare-kernel.ts'
import type { LinuxMachine } from '../qemu/start.ts'
import { withLinux } from '../qemu/with-linux.ts'
import type { TrialStage } from './trial.ts'

/**
 * Boots Debian 12's own kernel in QEMU and shows there that the collector reads a full socket as the lab itself does;
 * throws if it does not. With a command, runs the command there instead, and throws if it fails.
 */
export async function kernel({ say, signal, command }: TrialStage): Promise<void> {
  say("Looking for Debian 12's kernel, which is downloaded once, and not installed.")
  const image = await prepareKernel(signal)
  say(`Booting ${image.release} in QEMU, which sees the files of this machine and cannot change them.`)
  await withLinux(
    image,
    'lab-kernel',
    (machine) => (command.length > 0 ? obey(machine, command, say) : show(machine, say)),
    signal,
  )
}

async function obey(machine: LinuxMachine, command: readonly string[], say: (sentence: string) => void): Promise<void> {
  const script = ['sh', '-c', 'cd "$0" && exec "$@" 1>&2', process.cwd(), ...command]
  const onMessage = (text: string) => say(text.trimEnd())
  await machine.run('env', [`PATH=${SEARCH_PATH}`, ...script], { onMessage }).catch(({ message }: Error) => {
    throw new Error(`${command.join(' ')}: ${/exit status \d+$/.exec(message)?.[0] ?? message}`)
  })
}

async function show(machine: LinuxMachine, say: (sentence: string) => void): Promise<void> {
  say('radvd serves taps that come and go, in a namespace of its own, until its socket is full.')
  const rows = tabulate(await prove(machine, LIMIT_BYTES, say))
  for (const line of print(rows)) say(line)
  const [own, ...others] = rows
  const wrong = others.find(
    (row, place) =>
      row.method !== METHODS[place] ||
      row.limitSource !== 'init' ||
      FIGURES.some((figure) => row[figure] !== own?.[figure]),
  )
  if (wrong !== undefined) throw new Error(`The row of ${wrong.reader} is not as it should be.`)
  say('All read the same.')
}

function print(rows: readonly Row[]): string[] {
  const cells = rows.map((row) => [
    row.reader,
    row.method ?? 'unmeasured',
    `${format(row.optmemBytes)} of ${format(row.limitBytes)} bytes`,
    row.limitSource ?? '',
    format(row.memberships),
    format(row.stale),
  ])
  const table = [['read by', 'method', 'option memory', "limit's source", 'memberships', 'stale'], ...cells]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function format(value: number | null): string {
  return value === null ? 'unknown' : value.toLocaleString('en-US')
}

// Of the collector's rows.
const METHODS = ['sock_diag', 'sock_diag', 'pidfd']
const FIGURES = ['optmemBytes', 'limitBytes', 'memberships', 'stale'] as const
// The default before Linux 6.8.
const LIMIT_BYTES = 20_480
