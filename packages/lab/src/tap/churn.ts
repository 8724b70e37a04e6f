import { setTimeout as sleep } from 'node:timers/promises'
import type { Cell } from '../cell/start.ts'
import { readSender } from '../optmem/read-sender.ts'
import { bringUp, startTapHolder } from './hold.ts'

/** The names that churn uses, again and again, as a platform does. */
export function nameTaps(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `tap${1001 + index}`)
}

/** What a hypervisor's taps go through; see the type Hypervisor. */
export function startChurn(cell: Cell) {
  const holder = startTapHolder(cell)
  let kept = 0

  async function addTaps(count: number): Promise<void> {
    const before = (await readSender(cell))?.memberships.length ?? 0
    await holder.hold(nameTaps(count))
    await bringUp(cell, nameTaps(count), GROUP)
    await untilJoined(cell, before + count - kept)
    kept = count
  }

  return {
    addTaps,
    async churn(count: number): Promise<void> {
      await addTaps(count)
      await cell.run('ip', ['link', 'delete', 'group', GROUP])
      await holder.hold([])
      kept = 0
    },
    async replug(count: number): Promise<void> {
      const names = nameTaps(count)
      const present = await cell.run('ip', ['-brief', 'link', 'show', 'type', 'tun'])
      const missing = names.filter((name) => !present.includes(`${name} `))
      await cell.run('ip', ['-batch', '-'], missing.map((name) => `tuntap add dev ${name} mode tap\n`).join(''))
      await holder.hold([])
      await holder.hold(names)
      await bringUp(cell, names)
    },
  }
}

/** Waits until radvd holds so many memberships, or can hold no more. */
async function untilJoined(cell: Cell, memberships: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS
  while (Date.now() < deadline) {
    const reading = await readSender(cell)
    if (reading && (reading.memberships.length >= memberships || isFull(reading))) return
    await sleep(100)
  }
  const reached = (await readSender(cell))?.memberships.length
  throw new Error(`radvd has ${reached ?? 'no socket and no'} memberships where ${memberships} were awaited.`)
}

function isFull(reading: { optmemBytes: number; optmemMaxBytes: number; memberships: readonly number[] }): boolean {
  const unit = reading.optmemBytes / reading.memberships.length
  return reading.optmemBytes + unit >= reading.optmemMaxBytes
}

// As one group they are deleted in one transaction; one by one takes the kernel 30 ms each.
const GROUP = '60'
const PATIENCE_MILLISECONDS = 20_000
