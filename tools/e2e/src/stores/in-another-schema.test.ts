import { migrate } from '@flash-sale/database/migrate'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { storm } from '@flash-sale/kit/place-order'
import { slow, startService } from '@flash-sale/testing/start-service'

/** What a name may hold and SQL must quote. */
const awkward = `Shop's Blue-\\店`

test.each(['shop', awkward])(
  'in the schema %s everything works, and the schema public is not needed',
  async (schema) => {
    const service = await startService()
    const url = new URL(service.stores.database.url)
    url.searchParams.set('schema', schema)
    const databaseUrl = url.href
    const admin = new Client({ connectionString: service.stores.database.url })
    await admin.connect()
    onTestFinished(() => admin.end())
    await admin.query('DROP SCHEMA public CASCADE')
    expect((await migrate(databaseUrl)).length).toBeGreaterThan(3)
    expect(await migrate(databaseUrl)).toEqual([])

    const api = await service.startApi({ databaseUrl })
    await service.startWorker({ databaseUrl })
    const sale = await service.openSale(api, { total: 20, purchaseLimit: 1 })
    const answers = await storm([sale.at(api)], 50)
    expect(answers.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(20)
    const ops = service.ops(api)
    expect(await ops.restockItem(sale.itemId, { units: 5 })).toMatchObject({ ok: true })
    await storm([sale.at(api)], 10, { prefix: 'later' })
    expect(await ops.rebuildItem(sale.itemId)).toMatchObject({ ok: true })
    expect(await ops.pauseSale(sale.saleId)).toMatchObject({ ok: true })
    const { orderId } = answers.find(({ outcome }) => outcome === 'ACCEPTED')!
    expect(await ops.readOrder(orderId!)).toMatchObject({ ok: true })
    // Only what reads the stores for the test needs this.
    await admin.query(`ALTER DATABASE ${admin.database} SET search_path = ${admin.escapeIdentifier(schema)}`)
    await sale.becomesExact()
    await admin.end()
  },
  slow.timeout,
)
