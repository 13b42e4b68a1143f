/** The SQLSTATE of a failed statement, wherever Prisma put it; undefined when the failure is not Postgres' own. */
export function sqlStateOf(error: unknown): string | undefined {
  const seen = new Set<unknown>()
  const open = [error]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    const { originalCode, code, cause, meta, driverAdapterError } = value as Record<string, unknown>
    for (const candidate of [originalCode, code]) {
      // Node's codes begin with E, and Prisma's with P1 to P6; P0 is a class of Postgres.
      if (typeof candidate === 'string' && /^(?!E|P[1-9])[0-9A-Z]{5}$/.test(candidate)) return candidate
    }
    open.push(cause, meta, driverAdapterError)
  }
  return undefined
}

/** True when the data itself is refused (classes 22 and 23): trying again cannot help, splitting the batch can. */
export function isDataRefused(sqlState: string | undefined): boolean {
  return sqlState !== undefined && /^2[23]/.test(sqlState)
}
