import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { encodeRequest } from '@slashzero/linux'
import type { NetlinkMessage } from '@slashzero/linux'
import { SystemError } from '../io/kernel.ts'
import type { Dump, Kernel } from '../io/kernel.ts'
import { readChangedBy } from './read-changed-by.ts'

/** The answers that do not fit in a tree of files. Paths are paths in the tree. */
export type RecordedCalls = {
  calibration: { before: string; after: string } | null
  /** Present if the limit had to be searched. */
  optmemMax?: number
  identities: Record<string, { device: number; inode: number; modifiedMilliseconds: number }>
  /** Names of errnos by path, for refusals other than ENOENT. */
  refusals: Record<string, string>
  /** Sockets by `pid:descriptor`. */
  sockets: Record<string, { memory: string; allRouters: number[] }>
}

/**
 * A kernel that records every answer in `folder` for `replayKernel`: files by path (a link: its target; another
 * namespace: below `inside/`), dumps as lines of hexadecimal. `finish` writes the other answers.
 */
export function recordKernel(kernel: Kernel, folder: string): { kernel: Kernel; finish: () => void } {
  const calls: RecordedCalls = { calibration: null, identities: {}, refusals: {}, sockets: {} }
  let root = ''

  function keep<Result>(path: string, ask: () => Result, write: (file: string, result: Result) => void): Result {
    try {
      const result = ask()
      const file = folder + toFileName(root + path)
      mkdirSync(dirname(file), { recursive: true })
      write(file, result)
      return result
    } catch (error) {
      if (error instanceof SystemError && error.code !== 'ENOENT') calls.refusals[root + path] = error.code
      throw error
    }
  }

  function keepDump<Row>(path: string, dump: Dump, parse: (message: NetlinkMessage) => Row): Row[] {
    const ask = () =>
      dump((message) => ({
        datagram: encodeRequest(message.type, message.flags, 1, message.payload),
        row: parse(message),
      }))
    const write = (file: string, kept: ReturnType<typeof ask>) =>
      writeFileSync(file, kept.map(({ datagram }) => `${toHex(datagram)}\n`).join(''))
    return keep(path, ask, write).map(({ row }) => row)
  }

  const recording: Kernel = {
    readText: (path) =>
      keep(
        path,
        () => kernel.readText(path),
        (file, text) => writeFileSync(file, text, 'latin1'),
      ),
    readChanged: (path, known) => readChangedBy(recording.readText)(path, known),
    readTextAsync: async (path) => {
      const text = await kernel.readTextAsync(path)
      return keep(
        path,
        () => text,
        (file) => {
          if (!isExecutable(path)) writeFileSync(file, text, 'latin1')
        },
      )
    },
    listFolder: (path) =>
      keep(
        path,
        () => kernel.listFolder(path),
        (file) => mkdirSync(file, { recursive: true }),
      ),
    readLink: (path) =>
      keep(
        path,
        () => kernel.readLink(path),
        (file, link) => writeFileSync(file, link, 'latin1'),
      ),
    identify: (path) => {
      const identity = keep(
        path,
        () => kernel.identify(path),
        (file) => writeFileSync(file, '', { flag: 'a' }),
      )
      calls.identities[root + path] = identity
      return identity
    },
    readConfined: async (place, path, known) => {
      const { identity, text } = await kernel.readConfined(place, path, known)
      const whole = `${place}${path}`
      calls.identities[whole] = identity
      if (text !== null)
        keep(
          whole,
          () => text,
          (file) => writeFileSync(file, text, 'latin1'),
        )
      return { identity, text }
    },
    listConfined: async (place, path) => {
      const names = await kernel.listConfined(place, path)
      return keep(
        `${place}${path}`,
        () => names,
        (folderPath) => mkdirSync(folderPath, { recursive: true }),
      )
    },
    inNamespace: (path, inode, work) => {
      return kernel.inNamespace(path, inode, () => {
        const outer = root
        root = `/inside${path}`
        try {
          return work()
        } finally {
          root = outer
        }
      })
    },
    dumpLinks: (parse) => keepDump('/links.hex', kernel.dumpLinks, parse),
    dumpRawSockets: (parse) => keepDump('/raw-sockets.hex', kernel.dumpRawSockets, parse),
    searchOptmemMax: () => (calls.optmemMax = kernel.searchOptmemMax()),
    calibrate: () => {
      const calibration = kernel.calibrate()
      calls.calibration = { before: toHex(calibration.before), after: toHex(calibration.after) }
      return calibration
    },
    withSocket: (pid, descriptor, inode, work) =>
      kernel.withSocket(pid, descriptor, inode, (socket) => {
        const recorded = { memory: toHex(socket.memory()), allRouters: Array<number>() }
        calls.sockets[`${pid}:${descriptor}`] = recorded
        return work({
          memory: socket.memory,
          holdsAllRouters: (ifindex) => {
            const holds = socket.holdsAllRouters(ifindex)
            if (holds && !recorded.allRouters.includes(ifindex)) recorded.allRouters.push(ifindex)
            return holds
          },
        })
      }),
  }
  return {
    kernel: recording,
    finish: () => writeFileSync(`${folder}/calls.json`, `${JSON.stringify(calls, null, 2)}\n`),
  }
}

/** An executable is recorded as a link; the fixtures have only the strings around its version. */
export function isExecutable(path: string): boolean {
  return path.endsWith('/exe')
}

/**
 * The path in the tree, with unusual characters escaped, because a tool that walks files may reject the name of an
 * interface.
 */
export function toFileName(path: string): string {
  return path.replace(/[^\w/.:@+-]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
