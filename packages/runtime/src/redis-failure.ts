/** Why Redis cannot be used. If Node tried several addresses, the first reason. */
export function redisFailureReason(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  const reason = first instanceof Error ? first.message : String(first)
  return reason.startsWith('NOAUTH') ? 'NOAUTH it asks for a password' : reason.replace(/\.$/, '')
}

/** What a person must do if retries do not help; undefined if the fault may pass by itself. */
export function redisFailureAdvice(error: Error): string | undefined {
  const reason = redisFailureReason(error)
  if (/^(?:WRONGPASS|NOAUTH|ERR invalid password)/.test(reason)) return 'correct the user or the password in REDIS_URL'
  if (/no permission|NOPERM/i.test(reason))
    return 'give the user of REDIS_URL that right; docs/operate.md lists the rights that it needs'
  if (isNoSuchDatabase(error)) return 'correct the number of the database in REDIS_URL'
  const code = 'code' in error ? String(error.code) : ''
  if (/CERT|SIGNATURE/.test(code))
    return 'set REDIS_CA_FILE to the certificate of its CA, or correct the host in REDIS_URL'
  return undefined
}

/** ioredis reports this error and continues in database 0, which has none of our keys. */
export function isNoSuchDatabase(error: Error): boolean {
  return /DB index is out of range|invalid DB index|SELECT is not allowed/i.test(error.message)
}
