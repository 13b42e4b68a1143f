import { chmod, mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { createClient } from '@flash-sale/contract/client'
import { eventually } from '@flash-sale/testing/eventually'
import { provided } from '@flash-sale/testing/provided'
import { expect, onTestFinished, test } from 'vitest'
import { runDev } from './run-dev.ts'

const devTimeoutMs = 120_000

/** `pnpm dev` on this folder, in this process; resolves when it has printed the command that places an order. */
async function startDev(folder: string) {
  const lines: string[] = []
  const interrupt = new AbortController()
  const ended = runDev(
    folder,
    {
      isInteractive: false,
      paint: (_style, text) => text,
      line: (text = '') => lines.push(text),
      busy: () => undefined,
      divert: () => () => undefined,
    },
    interrupt.signal,
  )
  const stop = () => {
    interrupt.abort()
    return ended
  }
  onTestFinished(async () => void (await stop().catch(() => undefined)))
  const printed = eventually(() => lines.some((line) => line.includes('Ctrl-C stops everything')), {
    what: 'everything to be up',
    timeoutMs: devTimeoutMs,
  })
  // What keeps it from coming up is the reason to show.
  await Promise.race([printed, ended])
  const said = (expression: RegExp) => expression.exec(lines.join('\n'))?.[1] ?? ''
  return {
    stop,
    shopUrl: said(/Shop +(\S+)/),
    dashboardUrl: said(/Dashboard +(\S+)/),
    itemId: Number(said(/"itemId":(\d+)/)),
    client: createClient({
      baseUrl: said(/curl -i (\S+)\/v1\/orders/),
      token: said(/Authorization: Bearer ([^']+)' \\/),
      opsKey: said(/Ops key +(\S+)/),
    }),
  }
}

test(
  'the command that it prints places an order, which is there after the next start; a second one meanwhile is refused',
  async () => {
    const folder = await mkdtemp(path.join(provided('runFolder'), 'dev-'))
    // As root, Postgres runs as another user, who must be able to enter it.
    await chmod(folder, 0o755)
    const first = await startDev(folder)
    const placed = await first.client.placeOrder({ itemId: first.itemId, quantity: 3 })
    expect(placed).toMatchObject({ ok: true, status: 202 })
    for (const url of [first.shopUrl, first.dashboardUrl])
      expect(await (await fetch(url)).text()).toContain('/@vite/client')
    // What is not a page is the API's, at the same address.
    for (const [place, status] of [
      ['/health/live', 200],
      ['/v1/time', 200],
      ['/docs', 200],
      ['/ops/queue/', 401],
    ] as const) {
      expect((await fetch(new URL(place, first.shopUrl))).status, place).toBe(status)
    }
    await expect(startDev(folder)).rejects.toThrow(`pnpm dev is already running on ${folder} (process ${process.pid})`)
    expect(await first.stop()).toBe(0)
    await expect(fetch(first.shopUrl)).rejects.toThrow('fetch failed')

    const second = await startDev(folder)
    expect(second.itemId).toBe(first.itemId)
    await eventually(
      async () => {
        const audit = await second.client.auditItem(second.itemId)
        expect(audit).toMatchObject({ ok: true, value: { activeUnits: 3, rows: 1, balanced: true } })
      },
      { what: 'the order in Postgres' },
    )
    expect(await second.stop()).toBe(0)
  },
  devTimeoutMs,
)
