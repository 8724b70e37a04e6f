import { existsSync, readFileSync } from 'node:fs'
import { NetlinkError } from '@slashzero/linux'
import { SystemError } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import { files } from '../io/read-files.ts'
import { answerDump } from './answer-dump.ts'
import { isExecutable, toFileName } from './record-kernel.ts'
import { readChangedBy } from './read-changed-by.ts'
import type { RecordedCalls } from './record-kernel.ts'

/** A kernel that gives the answers that `recordKernel` recorded in `folder`. */
export function replayKernel(folder: string): Kernel {
  const calls: RecordedCalls = JSON.parse(readFileSync(`${folder}/calls.json`, 'utf8'))
  let root = ''

  function replay<Result>(path: string, read: (file: string) => Result): Result {
    const refusal = calls.refusals[root + path]
    if (refusal !== undefined) throw new SystemError(path, refusal)
    try {
      return read(folder + toFileName(root + path))
    } catch (error) {
      throw error instanceof SystemError ? new SystemError(path, error.code) : error
    }
  }

  const kernel: Kernel = {
    readText: (path) => replay(path, files.readText),
    readChanged: (path, known) => readChangedBy(kernel.readText)(path, known),
    // The link leads to a file of the recorded machine, not of this machine.
    readTextAsync: async (path) =>
      replay(path, (file) => files.readText(isExecutable(path) ? folder + files.readText(file) : file)),
    listFolder: (path) => replay(path, files.listFolder),
    readLink: (path) => replay(path, files.readText),
    identify: (path) => {
      const identity = calls.identities[root + path]
      if (identity === undefined) throw new SystemError(path, 'ENOENT')
      return identity
    },
    readConfined: async (place, path) => {
      const file = `${place}${path}`
      return { identity: kernel.identify(file), text: kernel.readText(file) }
    },
    listConfined: async (place, path) => kernel.listFolder(`${place}${path}`),
    inNamespace: (path, _, work) => {
      const outer = root
      root = `/inside${path}`
      try {
        return work()
      } finally {
        root = outer
      }
    },
    dumpLinks: (parse) => replay('/links.hex', (file) => answerDump(readHex(file))(parse)),
    dumpRawSockets: (parse) => {
      if (!existsSync(`${folder}${root}/raw-sockets.hex`)) throw new NetlinkError('sock_diag', 2)
      return replay('/raw-sockets.hex', (file) => answerDump(readHex(file))(parse))
    },
    searchOptmemMax: () => {
      if (calls.optmemMax === undefined) throw new SystemError('setsockopt', 'EAFNOSUPPORT')
      return calls.optmemMax
    },
    calibrate: () => {
      if (calls.calibration === null) throw new SystemError('socket', 'EAFNOSUPPORT')
      return { before: fromHex(calls.calibration.before), after: fromHex(calls.calibration.after) }
    },
    withSocket: (pid, descriptor, _, work) => {
      const socket = calls.sockets[`${pid}:${descriptor}`]
      if (socket === undefined) throw new SystemError('pidfd_open', 'ESRCH')
      return work({
        memory: () => fromHex(socket.memory),
        holdsAllRouters: (ifindex) => socket.allRouters.includes(ifindex),
      })
    },
  }
  return kernel
}

function readHex(file: string): Uint8Array[] {
  return files
    .readText(file)
    .split('\n')
    .filter((line) => line !== '')
    .map(fromHex)
}

function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'))
}
