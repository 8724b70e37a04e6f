import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sink, startSink } from '../bench/start-sink.ts'
import { COLLECTOR } from '../collector/start.ts'
import { type Hypervisor, startHypervisor } from '../hypervisor/start.ts'

let hypervisor: Hypervisor
let sink: Sink

beforeAll(async () => {
  hypervisor = await startHypervisor({ name: 'firmware-test', optmemMaxBytes: 2048 })
  sink = await startSink()
  await hypervisor.runCollector({ server: sink.url, enrolmentToken: 'lab', intervalSeconds: 1 })
})
afterAll(async () => {
  await hypervisor?.dispose()
  await sink?.close()
})

const reported = (tap: string) =>
  sink
    .reports()
    .at(-1)
    ?.namespaces[0]?.taps.find(({ name }) => name === tap)

test('firmware solicits a router and gets an answer; the collector knows the VM', async () => {
  const { name, uuid } = await hypervisor.bootFirmware({ name: 'vm-101', tap: 'tap101' })
  await expect.poll(() => reported('tap101')?.routerSolicitsIn, { timeout: 60_000 }).toBeGreaterThan(0)
  await expect.poll(() => reported('tap101')?.routerAdvertsOut).toBeGreaterThan(0)
  expect(reported('tap101')).toMatchObject({ up: true, allRoutersUsers: 2, vm: { name, uuid } })
})

test('firmware gets no answer while the socket is full', async () => {
  const before = await hypervisor.readSender()
  if (before === null) throw new Error('radvd has no socket.')
  // Before Linux 6.8 the limit is the machine's own.
  const room = Math.ceil((before.optmemMaxBytes - before.optmemBytes) / before.membershipBytes) - 1
  await hypervisor.churn(room - 1)
  const { name, uuid } = await hypervisor.bootFirmware({ name: 'vm-102', tap: 'tap102' })
  await expect.poll(() => reported('tap102')?.routerSolicitsIn, { timeout: 60_000 }).toBeGreaterThan(1)
  expect(reported('tap102')).toMatchObject({ allRoutersUsers: 2, routerAdvertsOut: 0, vm: { name, uuid } })
  const socket = sink.reports().at(-1)?.namespaces[0]?.senders[0]?.sockets[0]
  expect(socket).toMatchObject({ optmemBytes: before.optmemBytes + room * before.membershipBytes })
  expect(socket?.staleInterfaceIndexes).toHaveLength(room - 1)

  const doctor = `${process.execPath} ${COLLECTOR} doctor --json || [ $? -eq 2 ]`
  const { namespaces } = JSON.parse(await hypervisor.cell.run('sh', ['-c', doctor]))
  expect(namespaces[0].taps).toContainEqual(
    expect.objectContaining({ name: 'tap102', vm: name, status: 'unanswered-solicitations' }),
  )
})
