#!/usr/bin/env node
const [command, ...rest] = process.argv.slice(2)

if (command === 'bench') {
  const { runBench } = await import('../src/bench/run-bench.ts')
  process.exitCode = await runBench(rest)
} else {
  await import('../src/main.ts')
}
