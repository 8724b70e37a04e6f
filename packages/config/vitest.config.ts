import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * One worker a core, each keeps its loaded modules for all its test files.
 * No test mocks a module; whatever a test stubs ends with the test.
 */
const SHARED_WORKERS = {
  maxWorkers: '100%',
  isolate: false,
  restoreMocks: true,
  unstubGlobals: true,
  unstubEnvs: true,
} as const

/** A wait for a condition ends early only on a machine that is stuck. */
const PATIENT = { expect: { poll: { timeout: 40_000 } } }

/**
 * Three kinds of test by file name: unit (`x.test.ts`), service (`x.service.test.ts`, real PostgreSQL), lab
 * (`x.lab.test.ts`, real kernel, root).
 */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          ...PATIENT,
          include: ['{apps,packages}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/.next/**', '**/*.service.test.ts', '**/*.lab.test.ts'],
          ...SHARED_WORKERS,
          testTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: 'service',
          ...PATIENT,
          include: ['{apps,packages}/**/*.service.test.ts'],
          globalSetup: ['packages/db/src/testing/global-setup.ts'],
          exclude: ['**/node_modules/**', '**/.next/**'],
          ...SHARED_WORKERS,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        root,
        test: {
          name: 'lab',
          ...PATIENT,
          include: ['{apps,packages}/**/*.lab.test.ts'],
          exclude: ['**/node_modules/**', '**/.next/**'],
          // Files mostly wait for the kernel and for radvd, each in namespaces of its own.
          maxWorkers: 2,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
