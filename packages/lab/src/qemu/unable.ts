import { existsSync } from 'node:fs'
import { IN_CI } from '../env.ts'

/**
 * Whether this machine cannot run Debian's kernel in QEMU, so that tests have to be skipped. In CI none is, and they
 * fail there.
 */
export const unable = !IN_CI && (process.arch !== 'x64' || !existsSync('/usr/bin/apt-get'))
