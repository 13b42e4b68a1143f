import { oneOf, ordersOf } from '../load/buyers.ts'
import { acceptedStatus } from '../measure/sell-slice.ts'
import { pressSlice, requireStatus } from '../measure/slice.ts'
import { typicalKeys, typicalPrefix } from '../servers/typical-keys.ts'
import type { Contender } from './contender.ts'

const itemId = 1
const total = 10_000_000

/** (e) What most flash-sale services do: one script and one `queue.add` for each request. */
export const typical: Contender = {
  async open(ground) {
    const { redis, secrets, settings, buyers } = ground
    const server = await ground.startServer('typical-server', { JWT_SECRET: secrets.JWT_SECRET })
    const requestsOf = ordersOf(buyers, settings.connections, () => ({ body: oneOf(itemId) }))
    const { stock } = typicalKeys(itemId)
    return async () => {
      await redis.set(stock, total)
      const slice = await pressSlice(ground, { servers: [server], requestsOf })
      requireStatus(slice, acceptedStatus)
      const sold = total - Number(await redis.get(stock))
      if (sold !== slice.answerCount)
        throw new Error(`${slice.answerCount} orders were accepted, and ${sold} units sold`)
      for await (const keys of redis.scanStream({ match: `${typicalPrefix}*`, count: 1_000 })) {
        if (keys.length > 0) await redis.unlink(...(keys as string[]))
      }
      return slice
    }
  },
}
