import module from 'node:module'
import { endProcess } from './system-calls.ts'

/** Ends the process although a read hangs: process.exit waits for every thread, and so for one that a file system does not answer. */
export function exitAtOnce(code: number): never {
  // Otherwise the process would write the cache at exit.
  module.flushCompileCache?.()
  return endProcess(code)
}
