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
      { name: 'http', resolveId: (id) => (id === 'node:http' ? HTTP : null), load: (id) => (id === HTTP ? LOAD_HTTP : null) },
      { name: 'koffi', resolveId: (id) => (id === 'koffi' ? KOFFI : null), load: (id) => (id === KOFFI ? LOAD_KOFFI : null) },
      { name: 'version', load: (id) => (id === PACKAGE ? { code: JSON.stringify({ version }), moduleType: 'json' } : null) },
    ],
  })
  // One character beyond Latin-1 would make Node keep two bytes for each. Names stay, for the sake of messages.
  const codegen = { removeWhitespace: true, asciiOnly: true }
  const { output } = await build.generate({ format: 'esm', codeSplitting: false, minify: { compress: false, mangle: false, codegen } })
  await build.close()
  const [chunk] = output
  if (output.length !== 1) throw new Error(`the bundle has ${output.length} files, and the package carries one`)
  const names = chunk.moduleIds.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? [])
  return { code: chunk.code, packages: [...new Set(names)].toSorted() }
}

const PACKAGE = fileURLToPath(new URL('../package.json', import.meta.url))
// To import node:http makes all of its exports, WebSocket among them, and so loads the client behind fetch: 6 MB.
const HTTP = '\0node:http'
const LOAD_HTTP = `export const { createServer, request } = process.getBuiltinModule('node:http')`
// koffi's own loader searches node_modules; what else it adds are warnings about deprecated calls.
const KOFFI = '\0koffi'
const LOAD_KOFFI = `import { createRequire } from 'node:module'\nexport default createRequire(import.meta.url)('./koffi.node')`
