import { closeSync, constants, fstatSync, mkdirSync, openSync } from 'node:fs'
import { isRefusal } from '../io/kernel.ts'
import { lockDescriptor } from '../io/system-calls.ts'

/**
 * Locks `folder` until the returned function is called or the process ends; a folder that cannot be opened or locked
 * stays unlocked. Throws if another collector holds the lock, and for root in the folder of another user.
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
        `another slashzero-collector works in ${folder}, and each would send and remove the reports of the other; stop the other (systemctl stop slashzero-collector), or give this collector another --state-dir`,
        { cause: error },
      )
    }
  }
  const { uid } = fstatSync(descriptor)
  if (process.getuid?.() === 0 && uid !== 0) {
    closeSync(descriptor)
    throw new Error(
      `${folder} belongs to user ${uid}, so root does not work there; run the collector as that user (systemctl start slashzero-collector), or give this one a --state-dir of root`,
    )
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
    // The first write to the spool says what is wrong with the folder.
    return null
  }
}
