// What the package runs: the collector, under systemd's watchdog where the unit asks for it.
import { keepWatchdog } from '../src/systemd/keep-watchdog.ts'

keepWatchdog(process.env, process.pid)
await import('../src/main.ts')
