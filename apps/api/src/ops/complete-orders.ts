import type { FoundOrder } from '@flash-sale/contract/order-list'
import type { MoneyOfOrder } from '@flash-sale/contract/payments'
import type { Database } from '@flash-sale/database/connect'
import { readMoneyOfOrders, type PaymentWithRefund } from '@flash-sale/database/payments'
import { readItemNames } from '@flash-sale/database/search'
import { stateOfRefund } from './view-refund.ts'

/** Adds what people want to know: the names of the items, the numbers of their sales, and money that came late or goes back. */
export async function completeOrders(database: Database, orders: readonly FoundOrder[]): Promise<FoundOrder[]> {
  const [names, payments] = await Promise.all([
    readItemNames(database, [...new Set(orders.map(({ itemId }) => itemId))]),
    readMoneyOfOrders(
      database,
      orders.map(({ orderId }) => orderId),
    ),
  ])
  return orders.map((order) => {
    const item = names.get(order.itemId)
    const money = payments.flatMap((payment) => moneyOf(order.orderId, payment) ?? [])
    return {
      ...order,
      ...(item && { itemName: item.name, saleId: item.saleId }),
      ...(money.length > 0 && { money }),
    }
  })
}

/** These say nothing of when the money came. Every other reason is why late money could buy nothing. */
const faultsOfAnyTime = new Set(['OPERATOR', 'WRONG_AMOUNT', 'WRONG_CURRENCY', 'PAID_BEFORE'])

/** Undefined if the payment has nothing to do with the order, or pays it. */
function moneyOf(orderId: string, payment: PaymentWithRefund): MoneyOfOrder | undefined {
  const { id, state, paidOrderId, fault, refund } = payment
  const { amount, currency } = refund ?? payment
  const hasPaid = paidOrderId === orderId
  if (hasPaid ? state === 'paid' : payment.orderId !== orderId) return undefined
  return {
    paymentId: id,
    amount: Number(amount),
    currency,
    state,
    isLate: !hasPaid && (paidOrderId !== null || state === 'late' || !faultsOfAnyTime.has(fault ?? '')),
    ...(refund && { refundState: stateOfRefund(refund) }),
  }
}
