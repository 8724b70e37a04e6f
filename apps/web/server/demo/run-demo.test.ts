import { afterEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createDemoRunner } from './run-demo.ts'

const runners: ReturnType<typeof createDemoRunner>[] = []
afterEach(() => Promise.all(runners.splice(0).map((runner) => runner.stop())))

const say = (done: number) => `console.log('{"done":${done},"total":4}');`
const stay = 'setInterval(() => {}, 1000);'

test('a load shows its progress, and the process continues to report afterwards', async () => {
  const runner = run(`${say(1)} console.log('other words'); ${stay} process.on('SIGTERM', () => process.exit(0))`)
  expect(runner.status()).toEqual({ state: 'idle' })
  await runner.start('token')
  expect(runner.status()).toEqual({ state: 'loading', progress: null })
  await becomes(runner, { state: 'loading', progress: 0.25 })
  const loaded = run(say(4) + stay)
  await loaded.start('token')
  await becomes(loaded, { state: 'idle' })
})

test('a failed process leaves its last line, and can be started again', async () => {
  const runner = run(`console.error('first'); console.error('no such ' + process.argv[1]); process.exit(3)`)
  for (const token of ['token1', 'token2']) {
    await runner.start(token)
    await becomes(runner, expect.objectContaining({ state: 'failed' }))
    expect(runner.status()).toEqual({ state: 'failed', error: `no such ${token}` })
  }
})

test('a second start during a load changes nothing', async () => {
  const runner = run(`console.log(JSON.stringify({ done: Number(process.argv[1]), total: 4 })); ${stay}`)
  await runner.start('1')
  await becomes(runner, { state: 'loading', progress: 0.25 })
  await runner.start('3')
  expect(runner.status()).toEqual({ state: 'loading', progress: 0.25 })
})

test('stop ends even a process that ignores SIGTERM', async () => {
  const runner = run(`process.on('SIGTERM', () => {}); ${say(1)} ${stay}`)
  await runner.start('token')
  await becomes(runner, { state: 'loading', progress: 0.25 })
  await runner.stop()
  expect(runner.status()).toEqual({ state: 'idle' })
})

function becomes(runner: ReturnType<typeof run>, status: object) {
  return expect.poll(() => runner.status()).toEqual(status)
}

function run(script: string) {
  const runner = createDemoRunner((token) => ['-e', script, token], createLog('silent'))
  runners.push(runner)
  return runner
}
