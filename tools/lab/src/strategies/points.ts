/** The named points of the strategies, where a fault may strike, and their names in Chinese. */
export const points = {
  'after it got the lock': '拿到锁之后',
  'after it set the lock and before EXPIRE': '设置锁之后、EXPIRE 之前',
  'after it found the lock old': '发现锁已过期之后',
  'after it read the stock': '读到库存之后',
  'after it checked that the lock is its own': '检查完锁还是自己的之后',
  'before it takes a unit': '扣减之前',
  'after it wrote the stock': '写回库存之后',
  'after it took a unit': '扣减一件之后',
  'before it releases the lock': '释放锁之前',
  'after it compared the time': '比较完时间之后',
  'after it found its own token': '确认是自己的令牌之后',
  'after it released the lock': '释放锁之后',
  'before its batch goes to Redis': '批次发往 Redis 之前',
  'after Redis accepted its batch': 'Redis 接受批次之后',
} as const

export type Point = keyof typeof points
