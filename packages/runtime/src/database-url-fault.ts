import { fileFault } from './file-fault.ts'

const encodeHint = 'a # / ? @ : or % of the password is written as %23 %2F %3F %40 %3A or %25'

/** The modes with a clear meaning: the certificate is checked, or nothing is. `prefer` and `allow` promise neither. */
const sslModes = new Set(['disable', 'require', 'verify-ca', 'verify-full', 'no-verify'])
const schemaBytesMax = 63

/** Parameters that a URL of Postgres may have: ours, those of libpq and `pg`, and those that Prisma and hosts of databases use. */
const parameters = new Set(
  [
    'schema sslmode sslrootcert sslcert sslkey sslpassword sslcrl sslnegotiation sslsni',
    'ssl uselibpqcompat ssl_min_protocol_version ssl_max_protocol_version sslaccept sslidentity',
    'channel_binding gssencmode krbsrvname host hostaddr port user password dbname',
    'options application_name fallback_application_name client_encoding encoding connect_timeout',
    'keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout',
    'target_session_attrs load_balance_hosts statement_timeout lock_timeout query_timeout',
    'idle_in_transaction_session_timeout connection_limit pool_timeout socket_timeout pgbouncer',
  ].flatMap((line) => line.split(' ')),
)

/** Why a URL of Postgres is wrong, as the end of "it ..."; undefined if it is right. The text never shows a part of the URL. */
export function databaseUrlFault(url: string): string | undefined {
  if (!/^postgres(?:ql)?:\/\//i.test(url)) return 'must begin with postgresql://'
  // `user:password@/db?host=/run/postgresql` means a socket, but the class URL needs a host there.
  const readable = url.replace(/@(?=\/)/, '@socket')
  if (!URL.canParse(readable) || url.includes('#')) return `cannot be read: ${encodeHint}, and a port is at most 65535`
  const { username, password, hostname, port, pathname, searchParams } = new URL(readable)
  const database = decoded(pathname.slice(1))
  if (database === undefined || decoded(username) === undefined || decoded(password) === undefined) {
    return `cannot be read: ${encodeHint}`
  }
  if (/[/@]/.test(pathname.slice(1)))
    return `cannot be read, since more than a database follows the host: ${encodeHint}`
  if (!database) return 'must name a database after the host, such as /flash_sale'
  if (port === '0' || !isPort(searchParams.get('port'))) return 'must name a port from 1 to 65535'
  if (hostname.includes(',')) return 'must name one host'
  if ([...searchParams.keys()].some((name) => !parameters.has(name)))
    return `has a setting after ? that is not known, as ?schema= is; and ${encodeHint}`
  const schema = searchParams.get('schema')
  if (schema !== null && !isName(schema))
    return `must give ?schema= a name of at most ${schemaBytesMax} bytes, without a quote`
  const sslMode = searchParams.get('sslmode')
  if (sslMode !== null && !sslModes.has(sslMode)) return `must give sslmode one of ${[...sslModes].join(', ')}`
  for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
    const fault = searchParams.has(name) ? fileFault(searchParams.get(name) ?? '') : undefined
    if (fault !== undefined) return `must give ${name} a file, but that ${fault}`
  }
  return undefined
}

function isPort(text: string | null): boolean {
  return text === null || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535)
}

/** Prisma writes the name between double quotes as it is. */
function isName(text: string): boolean {
  return text !== '' && !/["\0]/.test(text) && Buffer.byteLength(text) <= schemaBytesMax
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
