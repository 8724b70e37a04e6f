#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`slashzero-collector: needs Node 22.18 or later, and this is ${process.versions.node}\n`)
  process.exitCode = 1
} else {
  await import('../src/main.ts')
}
