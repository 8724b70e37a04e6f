import { closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { isRefusal } from '../io/kernel.ts'
import { lockDescriptor } from '../io/system-calls.ts'

/**
 * Makes this the only collector that works in `folder` until the result is called, once or more, or the process ends, however it ends.
 * Throws where another one does. A folder that cannot be had, or is on a file system without locks, is held by nobody.
 */
export function holdFolder(folder: string): () => void {
  let descriptor = open(folder)
  if (descriptor === null) return () => undefined
  try {
    lockDescriptor(descriptor)
  } catch (error) {
    if (isRefusal(error, 'EAGAIN')) {
      closeSync(descriptor)
      throw new Error(
        `another slashzero-collector works in ${folder}, and two would send and remove each other's reports; stop it (systemctl stop slashzero-collector), or give this one a --state-dir of its own`,
        { cause: error },
      )
    }
  }
  return () => {
    if (descriptor !== null) closeSync(descriptor)
    descriptor = null
  }
}

function open(folder: string): number | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  } catch {
    // What is wrong with it is said where the spool is written.
    return null
  }
}
