import type { Text } from '@flash-sale/kit/text'
import type { Books } from '../ground/books.ts'

const texts: Readonly<Record<Books, Text>> = {
  redis: { en: 'a sale changes the stock in Redis, and records no order', zh: '一次售卖只改 Redis 里的库存，不记订单' },
  'redis with orders': {
    en: 'a sale changes the stock and records the order, both in Redis',
    zh: '一次售卖改库存并记订单，都在 Redis 里',
  },
  'redis with queue': {
    en: 'a sale changes the stock in Redis, and puts the order into a queue there',
    zh: '一次售卖改 Redis 里的库存，订单进入其中的队列',
  },
  postgres: {
    en: 'a sale changes the stock and records the order, both in Postgres',
    zh: '一次售卖改库存并记订单，都在 Postgres 里',
  },
  product: {
    en: 'a sale changes the stock and records the order in Redis; a worker stores it in Postgres afterwards, and its SQL is not counted here',
    zh: '一次售卖在 Redis 里改库存并记订单；工作进程随后存入 Postgres，那部分 SQL 不计在内',
  },
}

/** What a sale of a strategy writes, since not every strategy does the same work. */
export function recordText(books: Books): Text {
  return texts[books]
}
