import { cp } from 'node:fs/promises'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { storm } from '@flash-sale/kit/place-order'
import { startService } from '@flash-sale/testing/start-service'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { expect, onTestFinished, test } from 'vitest'
import { copyDatabase } from './copied-database.fixture.ts'

/** Processes are started twice here. */
const patient = { timeout: 240_000 }

/** Sells 20 units, takes a copy of both stores, sells 20 more, and stops every process. */
async function sellAroundCopies() {
  const service = await startService()
  const start = () => Promise.all([service.startApi(), service.startWorker()])
  const apps = await start()
  const sale = await service.openSale(apps[0], { total: 100, purchaseLimit: 1 })
  await storm([sale.at(apps[0])], 20, { prefix: 'before' })
  await sale.becomesExact()
  await stop(apps)
  const { redis, database } = service.stores
  const folder = `${redis.dataDir}-copy`
  await cp(redis.dataDir, folder, { recursive: true })
  const restorePostgres = await copyDatabase(database.url)
  const again = await start()
  await storm([sale.at(again[0])], 20, { prefix: 'after' })
  await sale.becomesExact()
  await stop(again)
  const restoreRedis = async () => {
    redis.kill('SIGTERM')
    await redis.exited
    onTestFinished((await startTestRedis({ port: redis.port, dataDir: folder })).stop)
  }
  return { service, sale, start, restorePostgres, restoreRedis }
}

function stop(apps: readonly App[]): Promise<unknown> {
  return Promise.all(apps.map((app) => app.stop()))
}

test('Postgres that comes back older gets the orders back that Redis still has', patient, async () => {
  const { sale, start, restorePostgres } = await sellAroundCopies()
  await restorePostgres()
  const [api] = await start()
  await storm([sale.at(api)], 80, { prefix: 'later' })
  await sale.becomesExact()
  const { rows } = await sale.stored()
  expect(rows.filter(({ active }) => active)).toHaveLength(100)
  expect(rows.filter(({ buyer }) => buyer.startsWith('after'))).toHaveLength(20)
})

test(
  'after both stores came back older, the orders of before the copies stand, and their units only',
  patient,
  async () => {
    const { sale, start, restorePostgres, restoreRedis } = await sellAroundCopies()
    await restorePostgres()
    await restoreRedis()
    const afterCopies = sale.history.filter(({ buyer }) => buyer.startsWith('after')).length
    const [api] = await start()
    await storm([sale.at(api)], 100, { prefix: 'later' })
    await expect
      .poll(async () => (await sale.violations()).every(({ fault }) => fault === 'LOST'), { timeout: 20_000 })
      .toBe(true)
    const lost = await sale.violations()
    expect(lost.map(({ detail }) => /of (\w+)-/.exec(detail)?.[1])).toEqual(Array(afterCopies).fill('after'))
    const { rows } = await sale.stored()
    expect(rows.filter(({ active }) => active)).toHaveLength(100)
    expect(rows.filter(({ buyer }) => buyer.startsWith('before'))).toHaveLength(20)
  },
)
