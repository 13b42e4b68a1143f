import type { OrderView } from '@flash-sale/contract/orders'
import { skipToken, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { problemOfError, valueOf, type AnyProblem } from '../../server/problem.ts'
import { mergeOrders } from './order-lists.ts'
import type { ShopSession } from '../session/shop-session.ts'
import { spread } from '../sales/spread.ts'

export interface Orders {
  readonly orders: readonly OrderView[]
  readonly isLoading: boolean
  readonly problem: AnyProblem | undefined
  readonly hasMore: boolean
  readonly isReadingMore: boolean
  readonly readMore: () => void
}

const noOrders: readonly OrderView[] = []
const noneRemembered = () => noOrders
const neverChanges = () => () => {}
const listEveryMs = 60_000

/** The buyer's own orders: first those that were just accepted, then those that the service lists, page by page. */
export function useOrders(session: ShopSession | null | undefined): Orders {
  const memory = session?.memory
  const remembered = useSyncExternalStore(memory?.subscribe ?? neverChanges, memory?.list ?? noneRemembered)
  const pages = useInfiniteQuery({
    queryKey: ordersKey(session?.buyer.name),
    queryFn: session
      ? ({ pageParam }) => valueOf(session.client.listOrders(pageParam === undefined ? {} : { cursor: pageParam }))
      : skipToken,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: () => spread(listEveryMs),
  })
  const listed = useMemo(() => pages.data?.pages.flatMap(({ orders }) => orders) ?? noOrders, [pages.data])
  useEffect(() => memory?.forget(listed.map(({ orderId }) => orderId)), [memory, listed])
  return {
    orders: useMemo(() => mergeOrders(remembered, listed), [remembered, listed]),
    isLoading: pages.isPending && remembered.length === 0,
    problem: pages.error ? problemOfError(pages.error) : undefined,
    hasMore: pages.hasNextPage,
    isReadingMore: pages.isFetchingNextPage,
    readMore: () => void pages.fetchNextPage(),
  }
}

export function ordersKey(buyer: string | undefined) {
  return ['my-orders', buyer] as const
}
