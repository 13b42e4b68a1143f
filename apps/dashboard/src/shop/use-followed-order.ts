import { lastStatuses, orderEventName } from '@flash-sale/contract/order-events'
import type { OrderView } from '@flash-sale/contract/orders'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { problemOfError, valueOf } from '../server/problem.ts'
import { followStream } from '../server/sse.ts'
import { laterReading } from './order-lists.ts'
import type { ShopSession } from './shop-session.ts'
import { spread } from './spread.ts'
import { ordersKey } from './use-orders.ts'

const askEveryMs = 1_000

/**
 * An order as it stands now. One that is not at its end is followed live; while its stream is not open it is asked for instead, so that
 * a proxy which does not pass streams on costs a moment and nothing else.
 */
export function useFollowedOrder({ buyer, client, memory }: ShopSession, order: OrderView): OrderView {
  const queries = useQueryClient()
  const { orderId } = order
  const [isStreaming, setStreaming] = useState(false)
  const isMoving = !lastStatuses.includes(order.status)
  const { data, error } = useQuery({
    queryKey: orderKey(orderId),
    queryFn: async () =>
      laterReading(queries.getQueryData(orderKey(orderId)), await valueOf(client.readOrder(orderId))),
    initialData: order,
    staleTime: Infinity,
    enabled: isMoving,
    refetchInterval: ({ state }) =>
      isStreaming || isLast(state.data) ? false : spread(askEveryMs + 250 * Math.min(state.dataUpdateCount, 12)),
  })

  useEffect(() => {
    if (!isMoving) return undefined
    const ended = new AbortController()
    void followStream({
      url: `/v1/orders/${orderId}/events`,
      bearer: buyer.token,
      signal: ended.signal,
      onEvent({ event, data: text }) {
        if (event !== orderEventName) return
        const read: OrderView = JSON.parse(text)
        queries.setQueryData<OrderView>(orderKey(orderId), (known) => laterReading(known, read))
      },
      onState: ({ kind }) => setStreaming(kind === 'open'),
      reconnectOnEnd: () => !isLast(queries.getQueryData(orderKey(orderId))),
    })
    return () => ended.abort()
  }, [queries, buyer.token, orderId, isMoving])

  const isDone = isMoving && isLast(data)
  const isUnknown = error !== null && problemOfError(error).code === 'ORDER_NOT_FOUND'
  useEffect(() => {
    if (isDone) {
      void queries.invalidateQueries({ queryKey: ordersKey(buyer.name) })
      // The buyer's own units are gone from the stock at once, also on the page.
      void queries.invalidateQueries({ queryKey: ['sale'] })
    }
    // The service says so only when it is certain, for example after its development data were thrown away.
    if (isUnknown) memory.forget([orderId])
  }, [queries, memory, buyer.name, orderId, isDone, isUnknown])
  return laterReading(data, order)
}

function isLast(order: OrderView | undefined): boolean {
  return order !== undefined && lastStatuses.includes(order.status)
}

function orderKey(orderId: string) {
  return ['order', orderId] as const
}
