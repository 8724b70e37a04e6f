import { existsSync } from 'node:fs'

/** Whether this machine cannot run Debian's kernel in QEMU, so that tests have to be skipped. In CI none is, and they fail there. */
export const unable = process.env['CI'] !== 'true' && (process.arch !== 'x64' || !existsSync('/usr/bin/apt-get'))
