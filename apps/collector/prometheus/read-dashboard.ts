import { readFileSync } from 'node:fs'
import { z } from 'zod'

const source = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') })
const cells = z.int().nonnegative()
const target = z.strictObject({
  datasource: source,
  refId: z.string().regex(/^[A-Z]$/),
  expr: z.string().min(1),
  legendFormat: z.string(),
  instant: z.boolean(),
  range: z.boolean(),
  format: z.literal('table').optional(),
})
const panel = z.strictObject({
  id: z.int().positive(),
  type: z.enum(['stat', 'timeseries', 'table']),
  title: z.string().min(1),
  description: z.string(),
  datasource: source,
  gridPos: z.strictObject({ x: cells.max(23), y: cells, w: cells.min(1).max(24), h: cells.min(1) }),
  targets: z.array(target).min(1),
  fieldConfig: z.strictObject({ defaults: z.object({ unit: z.string() }), overrides: z.array(z.unknown()) }),
  options: z.record(z.string(), z.unknown()),
  transformations: z.array(z.strictObject({ id: z.literal('organize'), options: z.unknown() })).optional(),
})
const variable = z.discriminatedUnion('type', [
  z.object({ name: z.string(), type: z.literal('datasource'), query: z.literal('prometheus') }),
  z.object({ name: z.string(), type: z.literal('query'), datasource: source, definition: z.string() }),
])

/**
 * The parts of Grafana's dashboard model that the dashboard uses; every panel uses the data source chosen on the page.
 */
const dashboard = z.object({
  uid: z.string().max(40),
  title: z.string(),
  schemaVersion: z.int().min(36),
  templating: z.strictObject({ list: z.array(variable) }),
  panels: z.array(panel),
})

export function readDashboard(): z.output<typeof dashboard> {
  return dashboard.parse(JSON.parse(readFileSync(new URL('grafana-dashboard.json', import.meta.url), 'utf8')))
}

/** Every expression with Grafana's variables replaced as Grafana does, for all hypervisors. */
export function listExpressions({ panels }: z.output<typeof dashboard>): string[] {
  const all = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  return all.map((expr) => expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m'))
}
