import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { expect, onTestFinished, test } from 'vitest'
import { connectRedis, whenReady } from './redis.ts'

const silent = { info: () => {}, warn: () => {} }

/** Beyond what the test waits for: an answer that comes at all came at once. */
const longMs = 20_000

test.each([
  ['', '/0', /NOAUTH it asks for a password; correct the user or the password in REDIS_URL$/],
  [':wrong@', '/0', /WRONGPASS .*; correct the user or the password in REDIS_URL$/],
  [':sesame@', '/99', /DB index is out of range; correct the number of the database in REDIS_URL$/],
  ['few:sesame@', '/0', /no permissions to run the 'info' command; .*docs\/operate\.md lists/],
  [':sesame@', '/3', /^in database 3$/],
])(
  'a connection as "%s" to database %s is told at once whether it can be used',
  async (user, path, said) => {
    const { server, redis: admin, close } = await connectTestRedis()
    onTestFinished(close)
    await admin.call('ACL', 'SETUSER', 'few', 'on', '>sesame', '~*', '&*', '+@all', '-info')
    await admin.config('SET', 'requirepass', 'sesame')
    const url = `redis://${user}127.0.0.1:${server.port}${path}`
    const redis = connectRedis({ url, role: 'scripts', logger: silent })
    onTestFinished(() => redis.disconnect())
    const outcome = await whenReady(redis, longMs).then(
      async () => `in database ${/ db=(\d+)/.exec(await redis.client('INFO'))?.[1]}`,
      (error: Error) => error.message,
    )
    expect(outcome).toMatch(said)
    expect(outcome).not.toMatch(/wrong@|sesame/)
  },
  10_000,
)
