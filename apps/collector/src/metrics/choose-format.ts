import type { Format } from './render-families.ts'

export const CONTENT_TYPES: Record<Format, string> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/**
 * OpenMetrics if the client names it (version 1.0.0 or no version) with at least the weight of plain text; otherwise
 * plain text.
 */
export function chooseFormat(accept: string | undefined): Format {
  let openmetrics = 0
  let text = 0
  for (const range of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const version = valueOf(parameters, 'version')
    const weight = Number(valueOf(parameters, 'q') ?? '1')
    if (type === 'application/openmetrics-text' && (version ?? '1.0.0') === '1.0.0')
      openmetrics = Math.max(openmetrics, weight)
    if (type === 'text/plain' && (version ?? '0.0.4') === '0.0.4') text = Math.max(text, weight)
  }
  return openmetrics > 0 && openmetrics >= text ? 'openmetrics' : 'text'
}

function valueOf(parameters: readonly string[], name: string): string | undefined {
  return parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1)
}
