/** Postgres says that a lock was not to be had within `lock_timeout`, which is the buyer's patience. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03'
}
