import { createHash } from 'node:crypto'
import { methodNotAllowed, problem, type Answer } from '../http/answer.ts'

/** The latest build of the collector's packages. */
export type Packages = {
  /** The script that installs a package; `@SERVER@` stands for the address of this server. */
  readonly script: string
  /** As `sha256sum` writes them. */
  readonly checksums: string
  readonly files: readonly PackageFile[]
}

export type PackageFile = {
  readonly name: string
  readonly bytes: number
  readonly read: () => AsyncIterable<Uint8Array>
}

export type InstallRequest = {
  readonly method: string
  /** Begins with `/install/`. */
  readonly path: string
  /** Protocol, host and port of this server, as the client names them. */
  readonly server: string
}

/** The scripts that push a guest's routes, by name. */
export type GuestScripts = ReadonlyMap<string, string>

/**
 * Answers `/install`: hypervisors get the collector there, and guests get their script. Needs no authentication,
 * because nothing there is secret.
 */
export async function answerInstall(
  request: InstallRequest,
  readPackages: () => Promise<Packages | null>,
  guestScripts: GuestScripts,
): Promise<Answer> {
  const { method, path, server } = request
  if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed(method, 'GET, HEAD')
  if (path.startsWith('/install/guest/')) return answerGuest(path, guestScripts)
  const packages = await readPackages()
  if (packages === null) {
    return problem(404, 'This server has no packages of the collector; run "npm run package" on the server.')
  }
  if (path === '/install/collector.sh') return answerScript(packages.script, server)
  if (path === '/install/SHA256SUMS') return text(packages.checksums)
  const file = packages.files.find(({ name }) => path === `/install/files/${name}`)
  if (file === undefined) return problem(404, `There is nothing at ${path}; /install/SHA256SUMS lists the packages.`)
  return {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(file.bytes),
      'cache-control': 'no-cache',
    },
    body: file.read(),
  }
}

function answerGuest(path: string, scripts: GuestScripts): Answer {
  const script = scripts.get(path.slice('/install/guest/'.length))
  if (script !== undefined) return text(script)
  if (path !== '/install/guest/SHA256SUMS')
    return problem(404, `There is nothing at ${path}; /install/guest/SHA256SUMS lists the scripts.`)
  return text(
    [...scripts].map(([name, content]) => `${createHash('sha256').update(content).digest('hex')}  ${name}\n`).join(''),
  )
}

function answerScript(script: string, server: string): Answer {
  // A shell runs the script as root.
  if (!/^https?:\/\/([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(server)) {
    return problem(400, 'The Host header holds no plain host name or address, so no script can be written for it.')
  }
  return text(script.replaceAll('@SERVER@', server))
}

function text(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, body }
}
