import { createClient } from '@flash-sale/contract/client'
import { judgePayments } from '@flash-sale/kit/judge-payments'
import { openSale } from '@flash-sale/kit/open-sale'
import { startSimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { eventually } from '@flash-sale/testing/eventually'
import { slow, startService } from '@flash-sale/testing/start-service'
import { buyerToken } from '@flash-sale/testing/test-tokens'
import getPort from 'get-port'
import { expect, onTestFinished, test } from 'vitest'

test('a provider that answers after the API was killed finds the order, and it is paid once', slow, async () => {
  const [service, simulated] = await Promise.all([startService(), startSimulatedPayments()])
  onTestFinished(() => simulated.close())
  const port = await getPort({ host: '127.0.0.1' })
  const payments = {
    PAYMENT_PROVIDER: 'simulated',
    SIMULATED_PAYMENTS_URL: simulated.url,
    SIMULATED_PAYMENTS_SECRET: simulated.secret,
  }
  const env = { ...payments, PORT: String(port) }
  const [doomed] = await Promise.all([service.startApi({ env }), service.startWorker({ env: payments })])
  simulated.tellTo(doomed.url)
  const { item } = await openSale(service.ops(doomed), {
    name: 'Paid sale',
    items: [{ total: 2, purchaseLimit: 1 }],
    payWithinSeconds: 600,
  })
  const buyer = createClient({ baseUrl: doomed.url, token: buyerToken('ann') })
  const placed = await buyer.placeCommittedOrder({ itemId: item.itemId, quantity: 1 }, 20)
  if (!placed.ok) throw new Error(placed.problem.detail)
  const { orderId } = placed.value
  const begun = await buyer.beginPayment(orderId)
  if (!begun.ok) throw new Error(begun.problem.detail)

  doomed.kill('SIGKILL')
  await doomed.exited
  // Nobody hears of it now.
  simulated.pay(begun.value.paymentId, { times: 3 })
  await service.startApi({ env })
  const isPaid = async () => {
    const read = await buyer.readOrder(orderId)
    return read.ok && read.value.status === 'paid'
  }
  await eventually(isPaid, { what: 'the order to be paid' })
  expect(await judgePayments(simulated.books, service.stores.database.url)).toEqual([])
})
