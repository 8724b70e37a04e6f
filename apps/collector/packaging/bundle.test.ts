import { expect, test } from 'vitest'
import { bundle } from './bundle.ts'

// zod takes more than 1 MiB on each hypervisor.
test('the bundle has no zod, and names its packages', async () => {
  const { packages } = await bundle('0.0.0')
  expect(packages).toEqual(['smol-toml'])
})
