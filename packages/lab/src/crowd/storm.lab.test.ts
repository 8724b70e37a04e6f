import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { startSink } from '../bench/start-sink.ts'
import { startHypervisor } from '../hypervisor/start.ts'
import { startStorm } from './storm.ts'

const STEPS = 12

test('no tap gets a wrong VM while tap names and pids are used again', async () => {
  const hypervisor = await startHypervisor({ name: 'storm-test', optmemMaxBytes: 131_072 })
  onTestFinished(() => hypervisor.dispose())
  const sink = await startSink()
  onTestFinished(() => sink.close())
  await hypervisor.runCollector({ server: sink.url, enrolmentToken: 'any', intervalSeconds: 2 })
  const storm = await startStorm(hypervisor.cell, 100)
  const latest = () => sink.reports().at(-1)
  const unknown = () => {
    const report = latest()
    return report === undefined ? ['no report'] : storm.findUnknown(report)
  }
  await expect.poll(unknown, { interval: 500 }).toEqual([])
  const descriptors = async () =>
    Number(await hypervisor.cell.run('sh', ['-c', 'ls /proc/$(pgrep -o -f "collector[.]mjs run")/fd | wc -l']))
  const before = await descriptors()
  const reported = sink.reports().length

  for (let step = 0; step < STEPS; step += 1) await storm.step()
  await expect.poll(unknown, { interval: 500 }).toEqual([])

  expect(storm.counts()).toMatchObject({ ended: STEPS * 20, renamed: STEPS * 4 })
  expect(storm.counts().reused).toBeGreaterThan(STEPS)
  expect(sink.reports().length - reported).toBeGreaterThan(1)
  expect(sink.reports().flatMap((report) => storm.findWrong(report))).toEqual([])
  expect(
    sink.reports().flatMap(({ namespaces }) => namespaces.flatMap(({ taps }) => taps.filter(({ vm }) => vm !== null)))
      .length,
  ).toBeGreaterThan(100)
  expect(await descriptors()).toBeLessThanOrEqual(before + 2)
  const tell = async () => {
    const told = latest()?.namespaces[0]?.senders[0]?.sockets[0]
    const read = await hypervisor.readSender()
    return [
      told?.optmemBytes === read?.optmemBytes,
      isDeepStrictEqual(told?.staleInterfaceIndexes, read?.staleInterfaceIndexes),
    ]
  }
  await expect.poll(tell, { interval: 500 }).toEqual([true, true])
  expect((await hypervisor.readSender())?.staleInterfaceIndexes.length).toBeGreaterThan(20)
  const log = await readFile(`/proc/${hypervisor.cell.pid}/root/run/collector.log`, 'utf8')
  expect(log.match(/started/g)).toHaveLength(1)
})
