import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { startHypervisor } from './start.ts'

test('a stopped radvd can be killed, and does not keep a hypervisor from its end', async () => {
  const hypervisor = await startHypervisor({ name: 'stopped-test' })
  onTestFinished(() => hypervisor.dispose())
  const { cell, radvd } = hypervisor
  const stop = async () => {
    process.kill(radvd.pid, 'SIGSTOP')
    const states = () =>
      [...cell.running].map(({ pid }) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0])
    await expect.poll(states).toContain('T')
  }
  await stop()
  await radvd.kill()
  await radvd.restart()
  await stop()
  await hypervisor.dispose()
})
