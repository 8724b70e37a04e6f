import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enrolResponse } from '@slashzero/contract'
import type { Report } from '@slashzero/contract'
import type { PushLog } from './pusher.ts'
import { postRequest } from './post-request.ts'
import type { Answer } from './post-request.ts'

export type CredentialKeeper = {
  /** The credential as text, or why there is none. Enrols where the file is missing and a token is configured. */
  readonly obtain: () => Promise<string | Exclude<Answer, { kind: 'taken' }>>
}

/** This host's credential: the file `credential` in the state directory, read anew each time so that a person can replace it. */
export function createCredentialKeeper(options: {
  server: URL
  enrolmentToken: string | null
  stateDir: string
  host: Pick<Report['host'], 'id' | 'name'>
  log: PushLog
  now: () => number
  signal: AbortSignal
}): CredentialKeeper {
  const file = join(options.stateDir, 'credential')
  let unsaved: string | null = null

  async function obtain(): ReturnType<CredentialKeeper['obtain']> {
    const kept = unsaved ?? (await read(file))
    if (typeof kept !== 'string') return kept
    if (kept !== '') return kept
    if (options.enrolmentToken === null) {
      return { kind: 'unauthorised', detail: `there is no credential in ${file} and no enrolment token; configure an enrolment token` }
    }
    return enrol(options.enrolmentToken)
  }

  async function enrol(bearer: string): ReturnType<CredentialKeeper['obtain']> {
    const { id, name } = options.host
    const url = new URL('ingest/v1/enrol', options.server)
    const answer = await postRequest({ url, bearer, text: JSON.stringify({ host: { id, name } }) }, options)
    switch (answer.kind) {
      case 'failed':
        return answer
      case 'refused':
      case 'unauthorised':
        return {
          kind: 'unauthorised',
          detail: `enrolment was refused (${answer.detail}); create an enrolment token on the server and configure it here`,
        }
      case 'taken': {
        const given = enrolResponse.safeParse(answer.body)
        if (!given.success) {
          return { kind: 'failed', detail: 'the answer to the enrolment is none of a slashzero server', retryAfterMilliseconds: null }
        }
        await save(given.data.credential)
        options.log.info({ hypervisorId: given.data.hypervisorId, server: options.server.origin }, 'Enrolled')
        return given.data.credential
      }
      default:
        return answer satisfies never
    }
  }

  async function save(credential: string): Promise<void> {
    try {
      await mkdir(options.stateDir, { recursive: true, mode: 0o700 })
      await writeFile(`${file}.tmp`, `${credential}\n`, { mode: 0o600 })
      await rename(`${file}.tmp`, file)
    } catch (error) {
      unsaved = credential
      options.log.error(
        { file, error: error instanceof Error ? error.message : String(error) },
        'Cannot save the credential: this host must be enrolled again after a restart; make the state directory writable',
      )
    }
  }

  return { obtain }
}

/** The file's text; empty where it is missing. A file that is there and unreadable must not lead to a second enrolment. */
async function read(file: string): Promise<string | { kind: 'unauthorised'; detail: string }> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return ''
    return { kind: 'unauthorised', detail: `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}` }
  }
}
