#!/usr/bin/env node
// What `npm start` and the other root scripts run. It works on Node 20 with nothing installed: it installs what
// package-lock.json names, then hands over to the project's own Node and apps/cli/src/main.ts.
import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const oldestForInstall = [20, 0]
const oldestForProject = [22, 18]

await main().catch((error) => fail(error instanceof Error ? error.message : String(error)))

async function main() {
  if (!isAtLeast(process.versions.node, oldestForInstall)) {
    fail(
      `Slashzero needs Node ${oldestForInstall.join('.')} or later; this is Node ${process.versions.node}. Install a later Node and run the command again.`,
    )
  }
  await install()
  const node = projectNode()
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', join(root, 'apps/cli/src/main.ts'), ...process.argv.slice(2)],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'], // the child stops when this process is gone
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}` },
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // npm that is killed leaves its script behind.
  const parent = process.ppid
  const isOrphan = () => process.env.npm_lifecycle_event !== undefined && process.ppid !== parent
  setInterval(() => isOrphan() && child.kill('SIGTERM'), 1000).unref()
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}

/**
 * Installs what package-lock.json names when node_modules does not hold it. Not with `npm ci`, which first removes a
 * node_modules that another process may be using; `--no-save` leaves the lockfile as it is.
 */
async function install() {
  if (isInstalled()) return
  try {
    accessSync(root, constants.W_OK)
  } catch {
    fail(
      `The folder ${root} is not writable for this user, so nothing can be installed there. Change its owner, or run as the user who owns it.`,
    )
  }
  const started = Date.now()
  const { code, output } = await runNpm(
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    (seconds) => `Installing packages … ${seconds} s`,
  )
  if (code !== 0) fail(installProblem(output))
  process.stderr.write(`Installed packages (${Math.round((Date.now() - started) / 1000)} s)\n`)
}

/**
 * Compares the lockfile with npm's own record of what it installed. Optional packages may be absent: most are for other
 * machines.
 */
function isInstalled() {
  const wanted = readPackages('package-lock.json')
  const installed = readPackages('node_modules/.package-lock.json')
  if (wanted === null) fail(`${root} has no readable package-lock.json; clone the project again.`)
  if (installed === null) return false
  return Object.entries(wanted).every(([path, { version, link, optional }]) => {
    if (!path.startsWith('node_modules/') || link) return true
    const there = installed[path]
    return there === undefined ? Boolean(optional) : there.version === version
  })
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch {
    return null
  }
}

function runNpm(args, progress) {
  return new Promise((resolve, reject) => {
    const npm = process.env.npm_execpath
    const child = npm ? spawn(process.execPath, [npm, ...args], { cwd: root }) : spawn('npm', args, { cwd: root })
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const started = Date.now()
    const show = () => {
      const text = progress(Math.round((Date.now() - started) / 1000))
      process.stderr.write(process.stderr.isTTY ? `\r\u001b[2K${text}` : `${text}\n`)
    }
    show()
    const timer = setInterval(show, process.stderr.isTTY ? 1000 : 15_000)
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(timer)
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K')
      resolve({ code, output })
    })
  })
}

function installProblem(output) {
  if (
    /E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|HOSTUNREACH|NETUNREACH)|ERR_SOCKET_TIMEOUT|FETCH_ERROR|network/i.test(
      output,
    )
  ) {
    return 'The npm registry cannot be reached, so the packages cannot be installed. Check the network, or name a mirror with `npm config set registry URL`, and run the command again.'
  }
  if (/EACCES|EPERM|EROFS/.test(output))
    return `npm may not write below ${root}. Change the folder's owner, or run as the user who owns it.`
  if (/ENOSPC/.test(output)) return `The disk of ${root} is full. The packages need about 1.3 GB.`
  const line = output.split('\n').find((text) => /npm error/.test(text)) ?? output.trim().split('\n').at(-1)
  return `npm install failed: ${line}. Run \`npm install --no-save\` in ${root} to see all of it.`
}

/** The Node that npm installed beside the project, or the system's Node if it is recent enough. */
function projectNode() {
  const own = join(root, `node_modules/node-linux-${process.arch}/bin/node`)
  if (existsSync(own)) return own
  if (isAtLeast(process.versions.node, oldestForProject)) return process.execPath
  return fail(
    `No packaged Node exists for ${process.platform}-${process.arch}, and Node ${process.versions.node} is too old to run Slashzero. Install Node 24 and run the command again.`,
  )
}

function isAtLeast(version, [major, minor]) {
  const [haveMajor = 0, haveMinor = 0] = version.split('.').map(Number)
  return haveMajor > major || (haveMajor === major && haveMinor >= minor)
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
