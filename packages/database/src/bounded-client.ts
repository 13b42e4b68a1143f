import { Client, Query, type Connection, type QueryConfig, type QueryResult } from 'pg'

export interface StatementBounds {
  /** Longest that one statement may run before Postgres ends it. */
  readonly statementTimeoutMs: number
  /** The `search_path` during a statement. */
  readonly searchPath: string
}

type Done = (error: Error | null, result?: QueryResult) => void

/** Parts of pg's Query that its types leave out. */
interface PgQuery {
  callback?: Done
  submit(connection: Wire): Error | null
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: Wire): void
}

interface Wire extends Connection {
  readonly stream: Connection['stream'] & { cork(): void; uncork(): void }
  parse(query: { name: string; text: string; types: string[] }): void
  bind(config: { values: string[] }): void
  execute(config: object): void
}

const PgQuery = Query as unknown as new (config: QueryConfig & { queryMode: 'extended' }) => PgQuery

/** The driver's own statements for transactions. They run before or after the statements that need bounds. */
const transactionControl = /^\s*(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET)\b/i

/**
 * A class of clients whose statements all run under these bounds. The bounds travel with each statement, in the same message and the
 * same transaction: no round trip is added, nothing stays behind on the connection, and a pooler in transaction mode (pgbouncer)
 * passes it on, while it refuses `statement_timeout` and `search_path` as start-up parameters. Costs Postgres a statement more, so it
 * is for connections through a pooler only.
 */
export function boundedClient({ statementTimeoutMs, searchPath }: StatementBounds): typeof Client {
  const bounds = [String(statementTimeoutMs), searchPath]

  class BoundedQuery extends PgQuery {
    #isBounded = false

    override submit(connection: Wire): Error | null {
      connection.stream.cork()
      try {
        connection.parse({ name: '', text: setBounds, types: [] })
        connection.bind({ values: bounds })
        connection.execute({})
        return super.submit(connection)
      } finally {
        connection.stream.uncork()
      }
    }

    override handleDataRow(message: unknown): void {
      if (this.#isBounded) super.handleDataRow(message)
    }

    override handleCommandComplete(message: unknown, connection: Wire): void {
      if (this.#isBounded) super.handleCommandComplete(message, connection)
      this.#isBounded = true
    }
  }

  class BoundedClient extends Client {
    // @ts-expect-error pg declares a dozen overloads; Prisma's adapter and pg's pool use these two.
    override query(config: QueryConfig | string, values?: unknown[], callback?: Done): unknown {
      const query = typeof config === 'string' ? { text: config, values: values ?? [] } : config
      if (transactionControl.test(query.text)) return super.query(query, callback as never)
      const bounded = new BoundedQuery({ ...query, queryMode: 'extended' })
      if (callback) return super.query(bounded as never, callback as never)
      return new Promise<QueryResult>((resolve, reject) => {
        void super.query(
          bounded as never,
          ((error, result) => (error ? reject(error) : resolve(result!))) as Done as never,
        )
      })
    }
  }
  return BoundedClient as unknown as typeof Client
}

const setBounds = "SELECT set_config('statement_timeout', $1, true), set_config('search_path', $2, true)"
