import { expect, test } from 'vitest'
import { encodeRemoteWrite } from './remote-write.ts'

test('a remote write is a protobuf message in a snappy block of literals', () => {
  const labels = [['__name__', 'up']] as const
  const body = encodeRemoteWrite([{ labels, value: 1 }], 300)
  // timeseries { labels { name: "__name__" value: "up" } samples { value: 1 timestamp: 300 } }
  const message = `0a1e 0a0e 0a08 5f5f6e616d655f5f 1202 7570 120c 09 000000000000f03f 10ac02`.replaceAll(' ', '')
  expect(body.toString('hex')).toBe(`20f41f00${message}`)
})

test('a long message has several literals, which hold all of it', () => {
  const labels = [['__name__', 'x'.repeat(70_000)]] as const
  const body = encodeRemoteWrite([{ labels, value: 0 }], 0)
  expect([...body.subarray(3, 6)]).toEqual([0xf4, 0xff, 0xff])
  expect(body.subarray(6 + 65_536, 7 + 65_536)[0]).toBe(0xf4)
  expect(body.toString('latin1').split('x')).toHaveLength(70_001)
})
