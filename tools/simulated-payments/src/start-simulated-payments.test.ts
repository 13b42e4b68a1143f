import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { ProviderError, type ReadWebhook } from '@flash-sale/payments/payment-provider'
import { createSimulatedProvider } from '@flash-sale/payments/simulated-provider'
import { eventually } from '@flash-sale/testing/eventually'
import { expect, onTestFinished, test } from 'vitest'
import { startSimulatedPayments } from './start-simulated-payments.ts'

const payment = {
  paymentId: '11111111-2222-4333-8444-555555555555',
  orderId: '66666666-7777-8888-9999-aaaaaaaaaaaa',
  amount: 12_900,
  currency: 'EUR',
  description: 'Order <1>',
  begunAt: new Date(),
  payBy: new Date(Date.now() + 600_000),
  returnUrl: 'https://shop.example/?a="b"',
}

/** A provider, and a shop that answers its webhooks with these statuses in turn, the last one again and again. */
async function start(...statuses: readonly number[]) {
  const simulated = await startSimulatedPayments()
  const provider = createSimulatedProvider(simulated)
  const heard: ReadWebhook[] = []
  const shop = createServer((request: IncomingMessage, response) => {
    void buffer(request).then((body) => {
      heard.push(provider.readWebhook(body, request.headers))
      response.writeHead(statuses[Math.min(heard.length, statuses.length) - 1] ?? 200).end()
    })
  })
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  simulated.tellTo(`http://127.0.0.1:${(shop.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    await simulated.close()
    shop.close()
  })
  const isHeard = (count: number) => eventually(() => heard.length >= count, { what: `${count} webhooks` })
  return { simulated, provider, heard, isHeard }
}

test('a person pays on the page, and the shop hears of it until it answers', async () => {
  const { provider, heard, isHeard } = await start(503, 500, 200)
  const { url, providerRef } = await provider.open(payment)
  expect(await provider.open(payment)).toEqual({ url, providerRef })
  const page = await (await fetch(url)).text()
  expect(page).toContain('129.00 EUR')
  expect(page).toContain('Order &lt;1>')
  // At night it is dark, and each language has lines of its own.
  expect(page).toMatch(/name="color-scheme" content="light dark"/)
  expect(page).toContain('>Pay <span lang="zh">支付</span><')
  expect(await (await fetch(`${url}/succeed`, { method: 'POST' })).text()).toContain('?a=&quot;b&quot;')
  await fetch(`${url}/fail`, { method: 'POST' })
  await isHeard(3)
  const fact = { kind: 'succeeded', paymentId: payment.paymentId, providerRef, amount: 12_900, currency: 'EUR' }
  for (const one of heard) expect(one).toMatchObject({ kind: 'FACT', fact })
  expect(new Set(heard.map((one) => one.kind === 'FACT' && one.eventId)).size).toBe(1)
  expect(await provider.read(providerRef)).toMatchObject(fact)
})

test('the pay page leads back to the shop before and after paying, and shows the decimals that the currency has', async () => {
  const { simulated, provider } = await start(200)
  const { returnUrl: _, ...asked } = payment
  const { url } = await provider.open({ ...asked, amount: 1_299, currency: 'JPY' })
  const read = async () => (await fetch(url)).text()
  simulated.tellTo('http://127.0.0.1:9')
  expect(await read()).toMatch(/1299 JPY.*href="http:\/\/127.0.0.1:9"/s)
  simulated.leadBackTo('http://127.0.0.1:8')
  expect(await read()).toContain('href="http://127.0.0.1:8"')
  simulated.fail(payment.paymentId)
  expect(await read()).toMatch(/Not paid.*href="http:\/\/127.0.0.1:8"/s)
})

test('a webhook is told several times, late or never, as the test asks', async () => {
  const { simulated, provider, heard, isHeard } = await start(200)
  const { providerRef } = await provider.open(payment)
  expect(await provider.read(providerRef)).toEqual({ kind: 'open' })
  simulated.pay(payment.paymentId, { times: 3, afterMs: 50, amount: 1 })
  await isHeard(3)
  expect(heard[0]).toMatchObject({ fact: { amount: 1 } })
  const other = { ...payment, paymentId: '21111111-2222-4333-8444-555555555555' }
  await provider.open(other)
  simulated.fail(other.paymentId)
  await isHeard(4)
  expect(heard[3]).toMatchObject({ fact: { kind: 'failed', paymentId: other.paymentId } })
})

test('a refund whose answer was lost was made, and is made once for its key', async () => {
  const { simulated, provider } = await start(200)
  const { providerRef } = await provider.open(payment)
  const { paymentId, amount, currency } = payment
  const refund = {
    refundKey: 'k',
    paymentId,
    amount,
    currency,
    providerRef,
    captureRef: providerRef,
    isRepeated: false,
  }
  expect(await provider.refund(refund)).toMatchObject({ kind: 'REFUSED' })
  simulated.pay(paymentId)
  simulated.loseAnswers(1)
  await expect(provider.refund(refund)).rejects.toBeInstanceOf(ProviderError)
  expect(await provider.refund(refund)).toEqual({ kind: 'DONE' })
  expect(simulated.books.refunds).toEqual([{ refundKey: 'k', paymentId, amount }])
})

test('nobody can pay long after the shop asked for it, and nobody asks without the secret', async () => {
  const { simulated, provider } = await start(200)
  const { providerRef, url } = await provider.open({ ...payment, payBy: new Date(0) })
  expect(await provider.read(providerRef)).toMatchObject({ kind: 'failed' })
  expect(await (await fetch(url)).text()).toContain('Not paid.')
  expect((await fetch(`${url}x`)).status).toBe(404)
  const stranger = createSimulatedProvider({
    url: simulated.url,
    secret: `whsec_${Buffer.alloc(32).toString('base64')}`,
  })
  await expect(stranger.read(providerRef)).rejects.toBeInstanceOf(ProviderError)
})
