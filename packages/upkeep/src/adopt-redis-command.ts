import { readDeployment } from '@flash-sale/database/deployment'
import { runMain } from '@flash-sale/runtime/run-main'
import { adoptRedis, askWhichRedis, judgeRedis } from './join-redis.ts'
import { onStores } from './on-stores.ts'

/** Joins the Redis of REDIS_URL to the database of DATABASE_URL, whatever either belonged to before. */
async function main(): Promise<void> {
  await onStores(async (stores) => {
    const [row, found] = await Promise.all([readDeployment(stores.database), askWhichRedis(stores.redis)])
    const standing = judgeRedis(row, found)
    if (standing !== 'JOINS' && standing.kind === 'JOINED') {
      console.log(`They belong together already, as deployment ${row.id}.`)
      return
    }
    await adoptRedis(stores)
    const before = found.text === null ? 'was empty' : `belonged to deployment ${found.text.split(' ')[0]}`
    console.log(`Joined: this Redis, which ${before}, belongs to deployment ${row.id} now.`)
    console.log('Ledgers of other items are moved aside by the worker and never sold from.')
  })
}

await runMain(main)
