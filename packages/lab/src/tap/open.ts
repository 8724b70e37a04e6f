import { openSync } from 'node:fs'
import { IFF_NO_PI, IFF_TAP, IFNAMSIZ, TUNSETIFF } from '@slashzero/linux/uapi'
import { call } from '../kernel/call.ts'

/**
 * Opens a tap as QEMU does, created if missing (Documentation/networking/tuntap.rst). Out: its descriptor. Until that
 * closes, the tap has a carrier, and exists if it is not persistent.
 */
export function openTap(name: string, flags: string | number = 'r+'): number {
  const fd = openSync('/dev/net/tun', flags)
  const request = Buffer.alloc(SIZE_OF_IFREQ)
  request.write(name, 0, IFNAMSIZ - 1)
  request.writeUInt16LE(IFF_TAP | IFF_NO_PI, IFNAMSIZ)
  call('ioctl', fd, TUNSETIFF, request)
  return fd
}

const SIZE_OF_IFREQ = 40
