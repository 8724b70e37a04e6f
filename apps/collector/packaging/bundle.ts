import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

export type Bundle = {
  /** One ES module, which loads `koffi.node` from its own folder. */
  readonly code: string
  /** Names of the npm packages that are in it. */
  readonly packages: readonly string[]
}

/** The collector and all that it imports. It says that it is of this version. */
export async function bundle(version: string): Promise<Bundle> {
  const build = await rolldown({
    input: fileURLToPath(new URL('entry.ts', import.meta.url)),
    platform: 'node',
    plugins: [
      { name: 'koffi', resolveId: (id) => (id === 'koffi' ? KOFFI : null), load: (id) => (id === KOFFI ? LOAD_KOFFI : null) },
      { name: 'version', load: (id) => (id === PACKAGE ? { code: JSON.stringify({ version }), moduleType: 'json' } : null) },
    ],
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false })
  await build.close()
  const [chunk] = output
  if (output.length !== 1) throw new Error(`the bundle has ${output.length} files, and the package carries one`)
  const names = chunk.moduleIds.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? [])
  return { code: chunk.code, packages: [...new Set(names)].toSorted() }
}

const PACKAGE = fileURLToPath(new URL('../package.json', import.meta.url))
// koffi's own loader searches node_modules; what else it adds are warnings about deprecated calls.
const KOFFI = '\0koffi'
const LOAD_KOFFI = `import { createRequire } from 'node:module'\nexport default createRequire(import.meta.url)('./koffi.node')`
