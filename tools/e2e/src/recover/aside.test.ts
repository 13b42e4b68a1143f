import { readFile } from 'node:fs/promises'
import { slow, startService } from '@flash-sale/testing/start-service'
import { Client } from 'pg'
import { expect, test } from 'vitest'

/** The first SQL block below this heading of docs/recover.md. */
async function sqlOf(heading: string): Promise<string> {
  const text = await readFile(new URL('../../../../docs/recover.md', import.meta.url), 'utf8')
  const [, sql] = new RegExp(`^#+ ${heading}$[^]*?^\`\`\`sql\\n([^]*?)^\`\`\`$`, 'm').exec(text) ?? []
  if (sql === undefined) throw new Error(`docs/recover.md has no SQL below "${heading}"`)
  return sql
}

test(
  'the statement of docs/recover.md shows a quarantined order with everything that is known of it',
  slow,
  async () => {
    const service = await startService()
    const [api] = await Promise.all([service.startApi(), service.startWorker()])
    const sale = await service.openSale(api, { total: 10, purchaseLimit: 1 })
    await sale.at(api)({ buyer: 'good', key: 'k', quantity: 1 })
    await sale.becomesExact()
    const shortId = (await service.redis.hkeys(`{item:${sale.itemId}}:orders`)).find((id) => id !== '\0')
    const poisonId = `${shortId!.slice(0, -1)}${shortId!.endsWith('A') ? 'Q' : 'A'}`
    const orders = JSON.stringify([[poisonId], ['x'.repeat(200)], [1]])
    const epoch = (await service.redis.hget(`{item:${sale.itemId}}:ledger`, 'epoch'))!
    const entry = { epoch, at: String(Date.now()), letters: 'A', orders }
    await service.redis.xadd(`{item:${sale.itemId}}:outbox`, '*', ...Object.entries(entry).flat())

    const client = new Client({ connectionString: service.stores.database.url })
    await client.connect()
    try {
      const sql = await sqlOf('Quarantined orders')
      const shown = async () => (await client.query<{ order: string; message: string }>(sql)).rows
      await expect.poll(shown, { timeout: 20_000 }).toHaveLength(1)
      const [row] = await shown()
      expect(row).toMatchObject({ item_id: sale.itemId, sql_state: expect.stringMatching(/^2[23]/) })
      expect(JSON.parse(row!.order)).toMatchObject({ buyer: 'x'.repeat(200), quantity: 1 })
      expect(row!.message).not.toBe('')
    } finally {
      await client.end()
    }
  },
)
