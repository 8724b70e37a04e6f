import { readThreadCpu, readTreeCpu } from '../read-usage.ts'

/** CPU time in milliseconds. `main` is the part of the server's main thread, which runs one thing at a time. */
type Cpu = {
  readonly server: number
  readonly main: number
  readonly postgres: number
  readonly sender: number
}

/** Something that was done `count` times in so many seconds. */
export type Turn = { readonly count: number; readonly seconds: number; readonly cpu: Cpu }

/** Measures what `work` costs the server, PostgreSQL and this process; `count` tells how often `work` did its thing. */
export async function measureTurn<Result>(
  processes: { readonly server: number; readonly postgres: number },
  work: () => Promise<Result>,
  count: (result: Result) => number,
): Promise<Turn & { readonly result: Result }> {
  const before = readCpu(processes)
  const started = performance.now()
  const result = await work()
  const seconds = (performance.now() - started) / 1000
  const after = readCpu(processes)
  return { result, count: count(result), seconds, cpu: combine(after, before, (one, other) => one - other) }
}

export function sumTurns(turns: readonly Turn[]): Turn {
  return turns.reduce((total, turn) => ({
    count: total.count + turn.count,
    seconds: total.seconds + turn.seconds,
    cpu: combine(total.cpu, turn.cpu, (one, other) => one + other),
  }))
}

function readCpu({ server, postgres }: { readonly server: number; readonly postgres: number }): Cpu {
  const { user, system } = process.cpuUsage()
  return {
    server: readTreeCpu(server),
    main: readThreadCpu(server),
    postgres: readTreeCpu(postgres),
    sender: (user + system) / 1000,
  }
}

function combine(one: Cpu, other: Cpu, how: (one: number, other: number) => number): Cpu {
  return {
    server: how(one.server, other.server),
    main: how(one.main, other.main),
    postgres: how(one.postgres, other.postgres),
    sender: how(one.sender, other.sender),
  }
}
