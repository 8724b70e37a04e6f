import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { promisify } from 'node:util'
import { collectOnce } from '../collector/collect-once.ts'
import { startHypervisor } from '../hypervisor/start.ts'
import { calibrateMembership } from '../optmem/calibrate.ts'
import { describe, isFull } from '../optmem/describe-reading.ts'
import type { SenderReading } from '../optmem/read-sender.ts'
import { nameTaps } from '../tap/churn.ts'
import { openTap } from '../tap/open.ts'
import type { Proof } from './proof.ts'

// Runs inside a Linux guest that has the machine for itself; the argument is the limit of option memory in bytes.
// Sentences go to standard error, the proof to standard output.
const ROUND = 130
const LIMIT = '/proc/sys/net/core/optmem_max'
const say = (sentence: string) => process.stderr.write(`${sentence}\n`)
const run = async (command: string, args: readonly string[]) => (await promisify(execFile)(command, args)).stdout

writeFileSync(LIMIT, process.argv[2] ?? '20480')
await startSenderHere()
const round = Math.min(ROUND, Math.ceil(Number(readFileSync(LIMIT, 'utf8')) / calibrateMembership()))
const hypervisor = await startHypervisor({ name: 'hypervisor', served: nameTaps(round) })
try {
  const reading = await fill()
  say('The collector reads it in its namespace and from the first one, and once more without sock_diag.')
  const inside = await collectOnce(hypervisor.cell)
  const outside = await collectOnce({ run })
  await run('/run/modprobe', ['-r', 'raw_diag'])
  writeFileSync('/proc/sys/kernel/modprobe', '/bin/false')
  const withoutSockDiag = await collectOnce(hypervisor.cell)
  const proof: Proof = { release: release(), reading, inside, outside, withoutSockDiag }
  process.stdout.write(JSON.stringify(proof))
} finally {
  await hypervisor.dispose()
}
process.exit()

/** Starts a radvd with one tap in the first namespace of the machine. */
async function startSenderHere(): Promise<void> {
  await run('sysctl', ['-qw', 'net.ipv6.conf.all.forwarding=1'])
  openTap('tap9')
  await run('ip', ['link', 'set', 'tap9', 'up'])
  writeFileSync('/run/radvd.conf', 'interface tap9 { AdvSendAdvert on; };\n')
  await run('radvd', ['--config', '/run/radvd.conf', '--pidfile', '/run/radvd.pid'])
}

async function fill(): Promise<SenderReading> {
  for (;;) {
    await hypervisor.churn(round)
    const reading = await hypervisor.readSender()
    if (reading === null) throw new Error('radvd has no socket.')
    say(`${round} taps came and went. ${describe(reading)}`)
    if (isFull(reading)) return reading
  }
}
