#!/usr/bin/env node
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `slashzero-collector: it needs Node 22.18 or later, and this is Node ${process.versions.node}: install a later one, or the collector's package, which brings its own\n`,
  )
  process.exitCode = 1
} else {
  // Half of the memory of a small program would else be the compiler that reads its types away. The folder is as
  // trusted as the code beside it; the usual place, /tmp, is not.
  module.enableCompileCache?.(
    fileURLToPath(new URL('../../../node_modules/.cache/slashzero-collector', import.meta.url)),
  )
  await import('../src/main.ts')
}
