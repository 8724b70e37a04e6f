import module from 'node:module'
import { endProcess } from './system-calls.ts'

/** Ends the process although a read hangs: process.exit waits for every thread, and so for one that a file system does not answer. */
export function exitAtOnce(code: number): never {
  // Else written as the process exits.
  module.flushCompileCache?.()
  return endProcess(code)
}
