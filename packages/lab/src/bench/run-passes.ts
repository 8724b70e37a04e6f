import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Cell } from '../cell/start.ts'
import { BenchError } from './measurement.ts'

/** What the collector's own bench prints about its last passes. */
export type Line = {
  readonly passes: number
  readonly cpuMilliseconds: number
  readonly anonymousBytes: number
  readonly descriptors: number
  readonly taps: number
  readonly membershipBytes: number | null
  readonly optmemBytes: number | null
  readonly joinedInterfaces: number | null
  readonly staleKnown: number | null
  readonly staleMilliseconds: number | null
  readonly failed: readonly string[]
}

/**
 * Runs collector passes back to back inside a cell, on Node as the package does, and passes each line on as it comes.
 */
export async function runPasses(
  cell: Cell,
  args: readonly string[],
  hear: (line: Line) => void = () => {},
): Promise<readonly Line[]> {
  const child = cell.spawn(process.execPath, [...readFlags(), BENCH, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout === null) throw new BenchError('The collector has no output.')
  const ended = once(child, 'exit')
  const lines: Line[] = []
  for await (const text of createInterface({ input: child.stdout })) {
    const line: Line = JSON.parse(text)
    lines.push(line)
    hear(line)
  }
  const [code] = await ended
  if (code !== 0) throw new BenchError(`The collector ended with status ${code}.`)
  return lines
}

function readFlags(): readonly string[] {
  const script = readFileSync(fileURLToPath(new URL('packaging/slashzero-collector.sh', COLLECTOR)), 'utf8')
  return script.match(/(?<=\s)--[a-z0-9-]+(=\S+)?(?=\s)/g) ?? []
}

const COLLECTOR = new URL('../../../../apps/collector/', import.meta.url)
const BENCH = fileURLToPath(new URL('src/testing/bench-passes.ts', COLLECTOR))
