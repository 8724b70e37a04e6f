/** The parameters of a page's URL as Next hands them over. */
export type SearchParams = Promise<Readonly<Record<string, string | string[] | undefined>>>

/** The parameters of a page's URL; of a repeated parameter the first counts. */
export async function readParams(given: SearchParams): Promise<URLSearchParams> {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(await given)) {
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined) params.set(name, first)
  }
  return params
}
