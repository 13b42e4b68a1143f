import { escapeIdentifier, type ClientConfig } from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'

/** The address of a database from `DATABASE_URL`. */
export interface PostgresAddress {
  /** The options of `pg` for a connection. */
  readonly config: ClientConfig & { readonly database: string }
  /** The schema of our tables: `?schema=` of the URL, else `public`. */
  readonly schema: string
}

const schemaDefault = 'public'

/** Reads a database URL in which `databaseUrlFault` finds no fault. */
export function parseDatabaseUrl(databaseUrl: string): PostgresAddress {
  // `pg` checks the certificate under each of these names, but warns that it will stop for all but the last.
  const url = databaseUrl.replace(/([?&]sslmode=)(?:require|verify-ca)\b/, '$1verify-full')
  // `schema` is Prisma's own parameter, which `pg` and Postgres do not know.
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
 * The options of a direct connection, whose schema is set as long as it lasts. A pooler in transaction mode refuses such start-up options.
 */
export function directConfig(databaseUrl: string, changes: Partial<ClientConfig> = {}): ClientConfig {
  const { config, schema } = parseDatabaseUrl(databaseUrl)
  // Blanks and backslashes of a value are escaped by a backslash in start-up options.
  const searchPath = searchPathOf(schema).replaceAll(/[\s\\]/g, String.raw`\$&`)
  const options = [config.options, `-c search_path=${searchPath}`].filter(Boolean).join(' ')
  return { ...config, options, ...changes }
}
