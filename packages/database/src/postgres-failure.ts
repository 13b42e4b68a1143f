/** Why Postgres cannot be used and what to do about it, as one line for a person. Never shows the password. */
export function postgresFailureText(error: unknown): string {
  // Node tries every address of a name and reports the tries together.
  const cause: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error
  const reason = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ').trim()
  return `Postgres cannot be used: ${reason.replace(/\.$/, '')}; ${adviceOn(codeOf(cause), reason)}`
}

/** Whether a pooler refused the start-up parameters. */
export function isStartupParameterRefused(error: unknown): boolean {
  return error instanceof Error && error.message.includes('unsupported startup parameter')
}

/** Whether Postgres, or the way to it, is away for the moment: no setting of ours is wrong. */
export function isAway(error: unknown): boolean {
  const cause: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error
  if (!(cause instanceof Error)) return false
  return (
    passing.test(codeOf(cause)) || /timeout|Connection terminated|server closed the connection/i.test(cause.message)
  )
}

/** Names of a system's errors; SQLSTATE: connection lost, out of resources, stopped or starting by an operator. */
const passing =
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|08...|53...|57...)$/

function adviceOn(code: string, reason: string): string {
  if (/client password must be/.test(reason)) return 'DATABASE_URL has no password, and this Postgres asks for one'
  if (/unsupported startup parameter/.test(reason)) {
    return 'DATABASE_URL leads to a pooler, and this command needs a connection to Postgres itself'
  }
  if (/CERT|SIGNATURE|TLS/.test(code)) return certificateAdvice
  if (/does not support SSL/.test(reason)) return 'set sslmode=disable in DATABASE_URL, or switch TLS on in Postgres'
  return advice[code] ?? 'start it, or correct DATABASE_URL'
}

const certificateAdvice = 'set DATABASE_CA_FILE to the certificate of its CA, or correct the host in DATABASE_URL'

/** By SQLSTATE, or Node's name of a system's error. */
const advice: Readonly<Record<string, string>> = {
  '28P01': 'correct the user or the password in DATABASE_URL',
  '28000': 'correct the user in DATABASE_URL, or let it in (pg_hba.conf)',
  '3D000': 'correct DATABASE_URL, or run `pnpm migrate`, which creates it',
  '42501': 'give the user of DATABASE_URL that right; docs/operate.md lists the rights that it needs',
  '53300': 'raise max_connections of Postgres, or put a pooler before it',
  ENOENT: 'there is no such socket: start Postgres, or correct DATABASE_URL',
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
