import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runReloading } from './run-reloading.ts'

function start(load: () => string) {
  const stop = new AbortController()
  const signals = new EventEmitter()
  const worked: string[] = []
  const said: string[] = []
  const told: string[] = []
  const manager = { ready: () => void told.push('ready'), reloading: () => void told.push('reloading') }
  const say = (fields: object, message: string) => void said.push(`${message} ${JSON.stringify(fields)}`)
  const work = async (settings: string, signal: AbortSignal) => {
    worked.push(settings)
    manager.ready()
    await sleep(10_000, undefined, { signal }).catch(() => undefined)
  }
  const log = { info: say, warn: say, error: say }
  const ended = runReloading({ load, work, stop: stop.signal, log, manager, signals })
  const hangUp = async () => {
    signals.emit('SIGHUP')
    await sleep(5)
  }
  return { stop, signals, worked, said, told, hangUp, ended }
}

test('SIGHUP starts the work again with the current configuration', async () => {
  let loads = 0
  const { stop, signals, worked, said, told, hangUp, ended } = start(() => `settings ${(loads += 1)}`)
  await hangUp()
  await hangUp()
  stop.abort()
  await ended
  expect(worked).toEqual(['settings 1', 'settings 2', 'settings 3'])
  expect(said).toEqual(['the configuration was reloaded {}', 'the configuration was reloaded {}'])
  expect(told).toEqual(['ready', 'reloading', 'ready', 'reloading', 'ready'])
  expect(signals.listenerCount('SIGHUP')).toBe(0)
})

test('a configuration as before leaves the work alone, and the reload ends', async () => {
  const { stop, worked, said, told, hangUp, ended } = start(() => 'same')
  await hangUp()
  stop.abort()
  await ended
  expect([worked, told]).toEqual([['same'], ['ready', 'reloading', 'ready']])
  expect(said).toEqual(['the configuration is as before {}'])
})

test('a broken configuration is logged in one line, and the old settings stay', async () => {
  let broken = false
  const { stop, worked, said, told, hangUp, ended } = start(() => {
    if (broken) throw new Error('collector.toml:4: interval: it is "a"\ncollector.toml:5: serverr: unknown key')
    return 'good'
  })
  broken = true
  await hangUp()
  stop.abort()
  await ended
  expect([worked, told]).toEqual([['good'], ['ready', 'reloading', 'ready']])
  expect(said).toEqual([
    'the configuration is broken, so the old settings stay ' +
      '{"problems":["collector.toml:4: interval: it is \\"a\\"","collector.toml:5: serverr: unknown key"]}',
  ])
})

test('a broken configuration at the start is thrown', async () => {
  const { ended } = start(() => {
    throw new Error('broken')
  })
  await expect(ended).rejects.toThrow('broken')
})
