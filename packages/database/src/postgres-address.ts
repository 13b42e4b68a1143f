import { escapeIdentifier, type ClientConfig } from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'

/** Where a database is, as `DATABASE_URL` says it. */
export interface PostgresAddress {
  /** What `pg` needs to connect. */
  readonly config: ClientConfig & { readonly database: string }
  /** The schema of our tables: `?schema=` of the URL, else `public`. */
  readonly schema: string
}

const schemaDefault = 'public'

/** Reads a database URL that `databaseUrlFault` has nothing to say about. */
export function parseDatabaseUrl(databaseUrl: string): PostgresAddress {
  // `pg` checks the certificate under each of these names, and warns at each but the last that it will not for ever.
  const url = databaseUrl.replace(/([?&]sslmode=)(?:require|verify-ca)\b/, '$1verify-full')
  // `schema` is Prisma's own: `pg` and Postgres do not know it.
  const { schema, database, ...config }: ReturnType<typeof parseIntoClientConfig> & { schema?: string } =
    parseIntoClientConfig(url)
  if (!database) throw new Error('the database URL names no database')
  return { config: { ...config, database }, schema: schema ?? schemaDefault }
}

/**
 * The value of `search_path` under which plain SQL means the tables of this schema. `pg_temp` comes last, so that no temporary table
 * takes the place of one of ours.
 */
export function searchPathOf(schema: string): string {
  return `${escapeIdentifier(schema)}, pg_temp`
}

/**
 * What a connection of one's own needs, with the schema set for as long as it lasts. Not through a pooler in transaction mode: it
 * refuses start-up options.
 */
export function directConfig(databaseUrl: string, changes: Partial<ClientConfig> = {}): ClientConfig {
  const { config, schema } = parseDatabaseUrl(databaseUrl)
  // Blanks and backslashes of a value are escaped by a backslash in start-up options.
  const searchPath = searchPathOf(schema).replaceAll(/[\s\\]/g, String.raw`\$&`)
  const options = [config.options, `-c search_path=${searchPath}`].filter(Boolean).join(' ')
  return { ...config, options, ...changes }
}
