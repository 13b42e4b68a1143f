import { eventually } from '@flash-sale/testing/eventually'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, onTestFinished, test } from 'vitest'
import { expectProblem } from '../testing/expect-answer.fixture.ts'
import { openStream } from '../testing/open-stream.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi } from '../testing/start-test-api.fixture.ts'

test('while Redis is frozen the pages are told that the numbers are old, no stream begins, and all goes on afterwards', async () => {
  const stores = await startTestStores()
  const api = await startTestApi(stores)
  onTestFinished(async () => {
    stores.redis.kill('SIGCONT')
    await api.close()
    await stores.stop()
  })
  const { itemId } = await api.createItem()
  const stream = await openStream(`http://127.0.0.1:${await listenOnFreePort(api.app)}/v1/sales/events`)
  onTestFinished(stream.leave)
  await stream.heard(({ name }) => name === 'sales')
  stores.redis.kill('SIGSTOP')
  await stream.heard(({ name }) => name === 'away')
  expectProblem(await api.get('/v1/sales/events'), 'UNAVAILABLE')
  stores.redis.kill('SIGCONT')
  await eventually(() => stream.events.at(-1)?.name === 'sales', { what: 'all sales again', timeoutMs: 20_000 })
  expect(JSON.stringify(stream.events.at(-1)?.data)).toContain(`"itemId":${itemId}`)
  expect(stream.events.filter(({ name }) => name === 'away')).toHaveLength(1)
})
