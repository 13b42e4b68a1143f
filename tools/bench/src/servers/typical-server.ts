import { randomUUID } from 'node:crypto'
import { OrderAccepted, PlaceOrderBody } from '@flash-sale/contract/orders'
import { announceReady } from '@flash-sale/runtime/announce-ready'
import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import { connectRedis } from '@flash-sale/runtime/redis'
import { Queue } from 'bullmq'
import { anyPort, createOrderApp } from './order-app.ts'
import { typicalKeys, typicalPrefix } from './typical-keys.ts'

/** The typical design: a script for each order that takes the stock, then a job for each that is to persist it. */
const { JWT_SECRET: jwtSecret, REDIS_URL: url = '' } = process.env
const logger = { info: () => undefined, warn: () => undefined }
const redis = connectRedis({ url, role: 'scripts', logger })
const connection = connectRedis({ url, role: 'queue-producer', logger })
const queue = new Queue('orders', { connection, prefix: typicalPrefix, defaultJobOptions: { removeOnComplete: true } })
const script = readLuaScript('typical', 3, new URL('../../src/servers/typical.lua', import.meta.url))
const purchaseLimit = 1_000
const app = createOrderApp(jwtSecret)

app.post(
  '/v1/orders',
  { schema: { body: PlaceOrderBody, response: { 202: OrderAccepted } } },
  async (request, reply) => {
    const { itemId, quantity } = request.body
    const { buyer } = request
    const orderId = randomUUID()
    const { stock, buyers, orders } = typicalKeys(itemId)
    const outcome = await runLuaScript(
      redis,
      script,
      [stock, buyers, orders],
      [orderId, buyer, quantity, purchaseLimit],
    )
    // The stock never runs out in this figure. Another figure measures refusals.
    if (outcome !== 'A') throw new Error(`the order was refused: ${String(outcome)}`)
    await queue.add('persist', { orderId, itemId, buyer, quantity })
    reply.code(202).header('location', `/v1/orders/${orderId}`)
    return reply.send({ orderId, itemId, quantity, status: 'accepted' })
  },
)

announceReady(await app.listen(anyPort))
