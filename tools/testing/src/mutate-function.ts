import { Client } from 'pg'

/** Replaces a piece of a SQL function in a test's own database: a mutant, with which a test proves that it can fail. */
export async function mutateFunction(
  databaseUrl: string,
  functionName: string,
  piece: string,
  replacement: string,
): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ definition: string }>(
      'SELECT pg_get_functiondef(oid) AS definition FROM pg_proc WHERE proname = $1',
      [functionName],
    )
    const definition = rows[0]?.definition ?? ''
    if (!definition.includes(piece)) throw new Error(`${functionName}() does not contain "${piece}"`)
    await client.query(definition.replace(piece, () => replacement))
  } finally {
    await client.end()
  }
}
