// Delivers reports until a test kills the process, and prints each number. Arguments: server, state directory, file
// with a model report, first number, time of number 0 (ms). Reports are 2 s apart; each tenth toggles the join.
import { readFileSync, writeSync } from 'node:fs'
import { report } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import { systemClock as clock, systemSleep as sleep } from '../clock.ts'
import { createDelivery } from '../deliver/create-delivery.ts'

const APART = 2000

const [server = '', stateDir = '', template = '', first = '', base = ''] = process.argv.slice(2)
const model = report.parse(JSON.parse(readFileSync(template, 'utf8')))
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const delivery = createDelivery({
  server,
  enrolmentToken: null,
  stateDir,
  host: model.host,
  log,
  clock,
  sleep,
  random: () => Math.random() / 20,
})
for (let number = Number(first); ; number += 1) {
  delivery.enqueue(makeReport(number))
  writeSync(1, `${number}\n`)
  await sleep(8)
}

function makeReport(number: number): Report {
  const observedAt = new Date(Number(base) + number * APART).toISOString()
  const namespaces = model.namespaces.map((namespace) => {
    const taps = namespace.taps.map((tap) =>
      Object.assign({}, tap, { allRoutersUsers: Math.floor(number / 10) % 2 === 0 ? 2 : 1 }),
    )
    const senders = namespace.senders.map((sender) => {
      const sockets = sender.sockets.map((socket) => Object.assign({}, socket, { optmemBytes: number }))
      return Object.assign({}, sender, { sockets })
    })
    return Object.assign({}, namespace, { taps, senders })
  })
  return { ...model, sequence: number, observedAt, sentAt: new Date().toISOString(), namespaces, routeChecks: [] }
}
