/** Postgres' error for a lock that was not free within `lock_timeout`, which is the buyer's patience. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03'
}
