import { closeSync, openSync, read, writeSync } from 'node:fs'
import { AF_PACKET, CLONE_NEWNET, ETH_P_ALL, SOCK_RAW } from '@slashzero/linux/uapi'
import { call } from '../kernel/call.ts'
import { openTap } from '../tap/open.ts'
import { WIRE_INDEX } from './guest.ts'

const GUEST_NAMESPACE_FD = 3

// Runs inside a hypervisor in QEMU's place, with QEMU's command line: holds the VM's tap, and carries frames between
// it and the guest's wire. Descriptor 3 is the guest's network namespace.
const tapName = /ifname=([^,]+)/.exec(process.argv.join(' '))?.[1] ?? ''
const wire = openWire()
const tap = openTap(tapName)
carry(tap, wire)
carry(wire, tap)
process.stdout.write('running\n')

/**
 * The guest's interface is one end of a veth pair. The other end is in the guest too, so that no hypervisor sees it.
 */
function openWire(): number {
  const home = openSync('/proc/self/ns/net', 'r')
  call('setns', GUEST_NAMESPACE_FD, CLONE_NEWNET)
  const socket = call('socket', AF_PACKET, SOCK_RAW, networkOrder(ETH_P_ALL))
  const address = Buffer.alloc(20)
  address.writeUInt16LE(AF_PACKET, 0)
  address.writeUInt16BE(ETH_P_ALL, 2)
  address.writeInt32LE(WIRE_INDEX, 4)
  call('bind', socket, address, address.length)
  call('setns', home, CLONE_NEWNET)
  closeSync(home)
  closeSync(GUEST_NAMESPACE_FD)
  return socket
}

/** Each read blocks a thread of libuv's pool, which costs nothing while no frame comes. */
function carry(from: number, to: number): void {
  const frame = Buffer.alloc(65_536)
  const next = () =>
    read(from, frame, 0, frame.length, null, (error, length) => {
      if (error && error.code !== 'ENETDOWN') throw error
      if (!error) deliver(to, frame.subarray(0, length))
      next()
    })
  next()
}

function deliver(to: number, frame: Buffer): void {
  try {
    writeSync(to, frame)
  } catch {
    // A wire that is down or full loses frames.
  }
}

function networkOrder(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8)
}
