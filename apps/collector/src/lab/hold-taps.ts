// Stands in for a VM in lab tests: started under QEMU's name and with QEMU's arguments, it holds taps open, solicits on
// them, counts the advertisements that come out, and joins two taps as a cable does. It obeys lines on stdin and answers each with one line.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import koffi from 'koffi'
import { routerSolicitation } from '../testing/router-solicitation.ts'

const ioctl = koffi.load(null).func('int ioctl(int, unsigned long, void *)')
const TUNSETIFF = 0x400454ca
const IFF_TAP_NO_PI = 0x1002
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
      for (const name of names) taps.set(name, { descriptor: open(name), adverts: 0 })
      return 'opened'
    case 'close':
      for (const name of names) closeSync(take(name).descriptor)
      for (const name of names) taps.delete(name)
      return 'closed'
    case 'wire':
      // Moves frames between two taps, of which one may be in another namespace by now: the cable between a VM and its guest.
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

function open(name: string): number {
  const descriptor = openSync('/dev/net/tun', constants.O_RDWR | constants.O_NONBLOCK)
  const request = Buffer.alloc(40)
  request.write(name, 'latin1')
  request.writeUInt16LE(IFF_TAP_NO_PI, 16)
  if (ioctl(descriptor, TUNSETIFF, request) !== 0) throw new Error(`cannot make ${name}: errno ${koffi.errno()}`)
  return descriptor
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

/** Router Advertisements that the kernel has handed out on this tap so far. */
function drain(tap: Tap): number {
  for (;;) {
    try {
      const length = readSync(tap.descriptor, frame)
      const icmpv6 = frame.readUInt16BE(12) === 0x86dd && frame[20] === 58
      if (length > RA_TYPE_OFFSET && icmpv6 && frame[RA_TYPE_OFFSET] === 134) tap.adverts += 1
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return tap.adverts
      throw error
    }
  }
}
