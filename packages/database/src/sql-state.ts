/** The SQLSTATE of a failed statement, wherever Prisma put it; undefined if the failure is not from Postgres. */
export function sqlStateOf(error: unknown): string | undefined {
  const seen = new Set<unknown>()
  const open = [error]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    const { originalCode, code, cause, meta, driverAdapterError } = value as Record<string, unknown>
    for (const candidate of [originalCode, code]) {
      if (typeof candidate === 'string' && /^[0-9A-Z]{5}$/.test(candidate) && !/^[EP]/.test(candidate)) return candidate
    }
    open.push(cause, meta, driverAdapterError)
  }
  return undefined
}

/** Whether Postgres refused the data itself (classes 22 and 23), so that only splitting the batch helps. */
export function isDataRefused(sqlState: string | undefined): boolean {
  return sqlState !== undefined && /^2[23]/.test(sqlState)
}
