import module from 'node:module'
import { endProcess } from './system-calls.ts'

/** Ends the process although a read hangs. process.exit would wait for the thread of the read. */
export function exitAtOnce(code: number): never {
  // Node writes the compile cache at exit, and _exit skips that.
  module.flushCompileCache?.()
  return endProcess(code)
}
