import { isLastStatus } from '@flash-sale/contract/order-statuses'
import { orderEventName, type OrderView } from '@flash-sale/contract/orders'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { hearing } from '../../server/hearing.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { followStream } from '../../server/sse.ts'
import { laterReading } from './order-lists.ts'
import type { ShopSession } from '../session/shop-session.ts'
import { spread } from '../sales/spread.ts'
import { ordersKey } from './use-orders.ts'

const askEveryMs = 1_000
const askMoreSlowlyByMs = 250
const askMoreSlowlyTimes = 12

/** Whether the order's status will soon change. */
export function isMoving({ status, payBy }: OrderView): boolean {
  return !isLastStatus(status, { asksForPayment: payBy !== undefined })
}

/** The newest state of an order on this page, whichever component follows it. */
export function useOrderNow(order: OrderView): OrderView {
  const { data } = useQuery({ ...knownOrder(order), enabled: false })
  return laterReading(data, order)
}

/**
 * Follows an order until its last status: by its stream if `isLive`. While the stream is not open it reads the order repeatedly, so that
 * a proxy which blocks streams costs only a moment. Call it once for each order; every other component uses `useOrderNow`.
 */
export function useFollowedOrder({ buyer, client, memory }: ShopSession, order: OrderView, isLive: boolean): OrderView {
  const queries = useQueryClient()
  const [isStreaming, setStreaming] = useState(false)
  const { orderId } = order
  const { queryKey } = knownOrder(order)
  const isFollowed = isMoving(order)
  const { data, error } = useQuery({
    ...knownOrder(order),
    queryFn: async () => laterReading(queries.getQueryData(queryKey), await valueOf(client.readOrder(orderId))),
    enabled: isFollowed,
    refetchInterval: ({ state }) =>
      isStreaming || (state.data && !isMoving(state.data))
        ? false
        : spread(askEveryMs + askMoreSlowlyByMs * Math.min(state.dataUpdateCount, askMoreSlowlyTimes)),
  })

  useEffect(() => {
    if (!isFollowed || !isLive) return undefined
    const ended = new AbortController()
    const key = ['order', orderId]
    void followStream({
      url: `/v1/orders/${orderId}/events`,
      bearer: buyer.token,
      signal: ended.signal,
      onHeard: hearing.noteAnswer,
      onEvent({ event, data: text }) {
        if (event !== orderEventName) return
        const read: OrderView = JSON.parse(text)
        queries.setQueryData<OrderView>(key, (known) => laterReading(known, read))
      },
      onState: ({ kind }) => setStreaming(kind === 'open'),
      reconnectOnEnd() {
        const known = queries.getQueryData<OrderView>(key)
        return known === undefined || isMoving(known)
      },
    })
    return () => {
      ended.abort()
      setStreaming(false)
    }
  }, [queries, buyer.token, orderId, isFollowed, isLive])

  const isDone = isFollowed && !isMoving(data)
  const isUnknown = error !== null && problemOfError(error).code === 'ORDER_NOT_FOUND'
  useEffect(() => {
    if (isDone) {
      void queries.invalidateQueries({ queryKey: ordersKey(buyer.name) })
      // The page reads the stock again, so that it shows at once that the buyer's units are taken.
      void queries.invalidateQueries({ queryKey: ['sale'] })
    }
    // The service answers 404 only when it is certain, for example after its development data were deleted.
    if (isUnknown) memory.forget([orderId])
  }, [queries, memory, buyer.name, orderId, isDone, isUnknown])
  return laterReading(data, order)
}

function knownOrder(order: OrderView) {
  return queryOptions({
    queryKey: ['order', order.orderId],
    queryFn: (): OrderView => order,
    initialData: order,
    staleTime: Infinity,
  })
}
