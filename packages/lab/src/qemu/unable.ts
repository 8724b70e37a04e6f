import { existsSync } from 'node:fs'
import { IN_CI } from '../env.ts'

/**
 * Whether this machine cannot run Debian's kernel in QEMU, so that tests have to be skipped. In CI these tests run, and
 * fail without QEMU.
 */
export const unable = !IN_CI && (process.arch !== 'x64' || !existsSync('/usr/bin/apt-get'))
