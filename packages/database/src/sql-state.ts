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
      // Node's codes begin with E, and Prisma's with P1 to P6; P0 is a class of Postgres.
      if (typeof candidate === 'string' && /^(?!E|P[1-9])[0-9A-Z]{5}$/.test(candidate)) return candidate
    }
    open.push(cause, meta, driverAdapterError)
  }
  return undefined
}

/** Whether Postgres refused the data itself (classes 22 and 23), so that only splitting the batch helps. */
export function isDataRefused(sqlState: string | undefined): boolean {
  return sqlState !== undefined && /^2[23]/.test(sqlState)
}

/** Classes of SQLSTATE that say nothing against the statement: connection, rollback, resources, an operator's act, the system. */
const passingClasses = new Set(['08', '25', '40', '53', '55', '57', '58'])

/**
 * True when the same statement may well succeed in a moment: its connection broke, its backend was killed, Postgres is starting or has
 * no resources. Whether the statement was done is not known.
 */
export function isPassing(error: unknown): boolean {
  const sqlState = sqlStateOf(error)
  if (sqlState !== undefined) return passingClasses.has(sqlState.slice(0, 2))
  // Of what Prisma and its driver throw without a SQLSTATE only a bug of ours is a TypeError.
  return error instanceof Error && !(error instanceof TypeError)
}
