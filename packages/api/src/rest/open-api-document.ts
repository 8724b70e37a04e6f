import { problem } from '@slashzero/contract/report'
import {
  hypervisorDetailResource,
  hypervisorResource,
  page,
  pageQuery,
  vmDetailResource,
  vmResource,
  vmsQuery,
} from '@slashzero/contract/rest'
import { z } from 'zod'

/** The OpenAPI 3.1 description of `/api/v1`, made from the schemas that check the answers. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Slashzero',
      version: '1',
      description: 'Which VM has lost its IPv6 default route, why, and which one is next.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: schemaOf(problem), Hypervisor: schemaOf(hypervisorResource), Vm: schemaOf(vmResource) },
    },
    paths: {
      '/hypervisors': { get: operation('List the hypervisors', page(hypervisorResource), queryParameters(pageQuery)) },
      '/hypervisors/{id}': { get: operation('Read one hypervisor', hypervisorDetailResource, [ID]) },
      '/vms': { get: operation('List the VMs', page(vmResource), queryParameters(vmsQuery)) },
      '/vms/{id}': { get: operation('Read one VM', vmDetailResource, [ID]) },
    },
  }
}

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }

function operation(summary: string, body: z.ZodType, parameters: readonly object[]) {
  return {
    summary,
    parameters,
    responses: {
      200: { description: 'OK', content: { 'application/json': { schema: schemaOf(body) } } },
      default: {
        description: 'A problem (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function queryParameters(query: z.ZodObject) {
  return Object.entries(query.shape).map(([name, schema]) => ({ name, in: 'query', schema: schemaOf(schema, 'input') }))
}

function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output' = 'output') {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}
