import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@flash-sale/contract/client'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { eventually } from '@flash-sale/testing/eventually'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { testJwtSecret, testOpsKey } from '@flash-sale/testing/test-tokens'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findK6 } from './find-k6.ts'

const workspace = fileURLToPath(new URL('../..', import.meta.url))
const runWithinMs = 90_000

interface Running {
  readonly stop: (signal: NodeJS.Signals) => void
  readonly exited: Promise<number | null>
  readonly output: () => string
}

/** `pnpm load`, as a person runs it. */
function load(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const { BASE_URL: _, JWT_SECRET: __, OPS_KEY: ___, ...others } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', 'loadtest/src/load.ts', ...args], {
    cwd: workspace,
    env: { ...others, ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'close').then(() => child.exitCode)
  return { stop: (signal) => child.kill(signal), exited, output: () => output }
}

test('a scenario that does not exist is one line and exit code 1', async () => {
  const rush = load(['rush'])
  expect(await rush.exited).toBe(1)
  expect(rush.output()).toMatch(/^✘ There is no scenario rush\. There are: smoke, [^\n]*\n$/)
})

test('without k6 it says how to get it, and starts nothing', async () => {
  const smoke = load(['smoke'], { PATH: '/nowhere', HOME: '/nowhere', GOPATH: '/nowhere' })
  expect(await smoke.exited).toBe(1)
  expect(smoke.output()).toMatch(/^✘ There is no k6 [^\n]*\n$/)
})

/** Stands before an API and takes a row from each audit, so that an order seems lost. */
async function forgeAudits(apiUrl: string): Promise<{ url: string; close: () => Promise<void> }> {
  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/', headers } = request
    const chunks: Buffer[] = await request.toArray()
    const { host: _, connection: __, 'content-length': ___, ...passedOn } = headers
    const body = method === 'POST' && chunks.length > 0 ? Buffer.concat(chunks) : null
    const answer = await fetch(apiUrl + url, { method, headers: passedOn as Record<string, string>, body })
    const text = await answer.text()
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(url.endsWith('/audit') ? text.replace(/"rows":(\d+)/, (_field, rows) => `"rows":${rows - 1}`) : text)
  }
  const server = createServer((request, response) => void forward(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

const k6 = await findK6()
if ('missing' in k6) console.warn(`Skipped, since they need k6: the smoke and what is like it. ${k6.missing}`)

describe.skipIf('missing' in k6)('with k6', () => {
  let stores: TestStores
  let api: App
  let worker: App

  beforeAll(async () => {
    stores = await startTestStores()
    const env = { DEV_TOKENS: 'true' }
    ;[api, worker] = await Promise.all([startTestProcess('api', stores, { env }), startTestProcess('worker', stores)])
  })

  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()])
    await stores.stop()
  })

  const given = () => ({ BASE_URL: api.url, OPS_KEY: testOpsKey })
  const sales = async () => {
    const listed = await createClient({ baseUrl: api.url }).listSales({ state: 'closed' })
    return listed.ok ? listed.value.sales.map(({ name, state }) => ({ scenario: name.split(/[ -]/)[2], state })) : []
  }

  test('the smoke passes on a stack that it starts itself, and leaves a report', { timeout: runWithinMs }, async () => {
    const smoke = load(['smoke'])
    expect(await smoke.exited, smoke.output()).toBe(0)
    expect(smoke.output()).toMatch(/✔ few \(\d+\) +40 +40 +0 +0 +40 +0 +40 +0 +0 +0 +0 +0\n/)
    expect(smoke.output()).toMatch(/✔ smoke: every threshold and every invariant held\n$/)
    for (const saved of ['Report', 'Summary']) {
      const file = new RegExp(`${saved} +(\\S+)`).exec(smoke.output())?.[1]
      await expect(access(path.join(workspace, file!))).resolves.toBeUndefined()
    }
  })

  test(
    'buyers pay, leave, cancel and come back, and the audit and the money are right',
    { timeout: runWithinMs },
    async () => {
      const paying = load(['pay', '--rate', '15', '--duration', '10'])
      expect(await paying.exited, paying.output()).toBe(0)
      for (const metric of ['paid', 'left', 'cancelled', 'came_back']) {
        expect(paying.output()).toMatch(new RegExp(`\\n +${metric}_orders +[1-9]`))
      }
      expect(paying.output()).toMatch(/✔ pay: every threshold and every invariant held\n$/)
    },
  )

  test('at a given place, what does not hold is named, and the sale is closed', { timeout: runWithinMs }, async () => {
    const liar = await forgeAudits(api.url)
    const smoke = load(['smoke', '--duration', '3', '--p99', '1'], { BASE_URL: liar.url, OPS_KEY: testOpsKey })
    expect(await smoke.exited, smoke.output()).toBe(1)
    await liar.close()
    expect(smoke.output()).toMatch(/\n✘ threshold accept_duration p\(99\)<1: it was [\d,.]+\n/)
    expect(smoke.output()).toMatch(
      /\n✘ invariant I3 nothing lost, item few: 30 orders were answered 202, 29 have a row\n(.*\n)*✘ smoke failed\n$/,
    )
    expect(await sales()).toEqual([{ scenario: 'smoke', state: 'closed' }])
  })

  test('a secret that the place does not have is found before the storm', async () => {
    const smoke = load(['smoke'], { ...given(), JWT_SECRET: `${testJwtSecret}-not` })
    expect(await smoke.exited).toBe(1)
    expect(smoke.output()).toMatch(/^✘ JWT_SECRET is not the secret of [^\n]*\n$/)
  })

  test('Ctrl-C in the middle ends the storm and closes the sale', { timeout: runWithinMs }, async () => {
    const soak = load(['soak', '--rate', '20'], { ...given(), JWT_SECRET: testJwtSecret })
    await eventually(async () => soak.output().startsWith('soak') && newestItemSells(), {
      what: 'the storm',
      timeoutMs: 30_000,
    })
    soak.stop('SIGINT')
    expect(await soak.exited, soak.output()).toBe(130)
    expect(await sales()).toContainEqual({ scenario: 'soak', state: 'closed' })
  })

  async function newestItemSells(): Promise<boolean> {
    const client = createClient({ baseUrl: api.url, opsKey: testOpsKey })
    const listed = await client.listSales()
    const itemIds = listed.ok ? listed.value.sales.flatMap((sale) => sale.items.map(({ itemId }) => itemId)) : []
    const audit = await client.auditItem(Math.max(...itemIds))
    return audit.ok && audit.value.rows > 0
  }
})
