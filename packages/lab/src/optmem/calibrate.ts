import { closeSync } from 'node:fs'
import { AF_INET6, IPV6_ADD_MEMBERSHIP, SOCK_DGRAM, SOL_IPV6 } from '@slashzero/linux/uapi'
import { call } from '../kernel/call.ts'
import { readOptmem } from './read.ts'

/** Option memory of one membership on this kernel: the charge to a test socket that joins a group on `lo`. */
export function calibrateMembership(): number {
  const socket = call('socket', AF_INET6, SOCK_DGRAM, 0)
  try {
    const before = readOptmem(socket)
    const request = Buffer.alloc(20)
    request.set([0xff, 0x02], 0)
    request.set([0x51, 0x00], 14)
    request.writeUInt32LE(LOOPBACK_INDEX, 16)
    call('setsockopt', socket, SOL_IPV6, IPV6_ADD_MEMBERSHIP, request, request.length)
    return readOptmem(socket) - before
  } finally {
    closeSync(socket)
  }
}

const LOOPBACK_INDEX = 1
