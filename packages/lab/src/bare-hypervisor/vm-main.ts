import { closeSync, constants, readSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { ETH_P_IPV6, IPPROTO_ICMPV6, NDISC_ROUTER_ADVERTISEMENT } from '@slashzero/linux/uapi'
import { openTap } from '../tap/open.ts'
import { routerSolicitation } from './router-solicitation.ts'

// Runs inside a bare hypervisor in QEMU's place. Each line of its input is an order, answered by one line: hold taps,
// solicit on them, count the advertisements that come out, or join two taps as a cable does.
const RA_TYPE_OFFSET = 14 + 40

type Tap = { descriptor: number; adverts: number }
const taps = new Map<string, Tap>()
const frame = Buffer.alloc(2048)

for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', ...names] = line.split(' ')
  process.stdout.write(`${obey(command, names)}\n`)
}

function obey(command: string, names: string[]): string {
  switch (command) {
    case 'open':
      for (const name of names)
        taps.set(name, { descriptor: openTap(name, constants.O_RDWR | constants.O_NONBLOCK), adverts: 0 })
      return 'opened'
    case 'close':
      for (const name of names) closeSync(take(name).descriptor)
      for (const name of names) taps.delete(name)
      return 'closed'
    case 'wire':
      // The cable between a VM and its guest; the guest's end may be in another namespace by now.
      for (const [from, to] of [names, names.toReversed()]) {
        setInterval(carry, 2, take(from ?? '').descriptor, take(to ?? '').descriptor)
      }
      return 'wired'
    case 'solicit':
      for (const name of names) writeSync(take(name).descriptor, routerSolicitation())
      return 'solicited'
    case 'adverts':
      return names.map((name) => drain(take(name))).join(' ')
    default:
      throw new Error(`no command ${command}`)
  }
}

function take(name: string): Tap {
  const tap = taps.get(name)
  if (tap === undefined) throw new Error(`${name} is not open`)
  return tap
}

function carry(from: number, to: number): void {
  for (;;) {
    try {
      const length = readSync(from, frame)
      writeSync(to, frame, 0, length)
    } catch {
      // Nothing to read, or an end that is down.
      return
    }
  }
}

/** Counts the Router Advertisements that the kernel has sent on this tap so far. */
function drain(tap: Tap): number {
  for (;;) {
    try {
      const length = readSync(tap.descriptor, frame)
      const icmpv6 = frame.readUInt16BE(12) === ETH_P_IPV6 && frame[20] === IPPROTO_ICMPV6
      if (length > RA_TYPE_OFFSET && icmpv6 && frame[RA_TYPE_OFFSET] === NDISC_ROUTER_ADVERTISEMENT) tap.adverts += 1
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return tap.adverts
      throw error
    }
  }
}
