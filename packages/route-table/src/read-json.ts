/** The value, or undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of an own field; fields of the prototype do not count. */
export function field(record: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

export function textField(record: Record<string, unknown>, name: string): string | null {
  const value = field(record, name)
  return typeof value === 'string' ? value : null
}

export function numberField(record: Record<string, unknown>, name: string): number | null {
  const value = field(record, name)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
