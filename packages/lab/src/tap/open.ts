import { openSync } from 'node:fs'
import { call } from '../kernel/call.ts'

/**
 * Creates a tap, or takes a persistent one that nobody holds, as QEMU does; answers its descriptor.
 * The tap has a carrier, and exists where it is not persistent, until the descriptor is closed.
 * Source: Documentation/networking/tuntap.rst.
 */
export function openTap(name: string): number {
  const fd = openSync('/dev/net/tun', 'r+')
  const request = Buffer.alloc(SIZE_OF_IFREQ)
  request.write(name, 0, IFNAMSIZ - 1)
  request.writeUInt16LE(IFF_TAP | IFF_NO_PI, IFNAMSIZ)
  call('ioctl', fd, TUNSETIFF, request)
  return fd
}

const IFNAMSIZ = 16
const SIZE_OF_IFREQ = 40
const TUNSETIFF = 0x400454ca
const IFF_TAP = 0x0002
const IFF_NO_PI = 0x1000
