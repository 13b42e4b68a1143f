import { createClient } from '@flash-sale/contract/client'
import type { SaleView } from '@flash-sale/contract/sales'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { serverClock } from '../../server/use-server-clock.ts'
import { valueOf } from '../../server/problem.ts'
import { salesByInterest, saleStage } from './sale-stage.ts'
import { spread } from './spread.ts'

const anybody = createClient({ baseUrl: '', timeoutMs: 5_000 })
const listEveryMs = 30_000

export interface SalesOnShow {
  readonly sale: SaleView | undefined
  readonly others: readonly SaleView[]
  /** The first answer has not come yet. */
  readonly isLoading: boolean
  /** The service did not answer the last request. */
  readonly isAway: boolean
}

/**
 * The sale on the page: the wanted one, or else the most interesting one when the page was opened. Changes of other sales must not
 * replace it under a finger. Only this sale is read often. Nothing is read while the tab is hidden (TanStack Query's default).
 */
export function useSales(wantedId: number | undefined): SalesOnShow {
  const list = useQuery({
    queryKey: ['sales', wantedId],
    queryFn: () => readSales(wantedId),
    placeholderData: keepPreviousData,
    refetchInterval: () => spread(listEveryMs),
  })
  const ranked = salesByInterest(list.data ?? [], serverClock.now())
  const [firstId, remember] = useState<number>()
  if (firstId === undefined && ranked[0]) remember(ranked[0].saleId)
  const byId = (id: number | undefined) => ranked.find(({ saleId }) => saleId === id)
  const listed = byId(wantedId) ?? byId(firstId)
  // A sale that is over leaves the list. A page that shows it continues to read it.
  const saleId = listed?.saleId ?? firstId
  const { data: sale, failureCount } = useQuery({
    queryKey: ['sale', saleId],
    queryFn: () => valueOf(anybody.readSale(saleId ?? 0)),
    enabled: saleId !== undefined,
    ...(listed && { initialData: listed, initialDataUpdatedAt: list.dataUpdatedAt }),
    refetchInterval: ({ state }) => (state.data ? spread(readEveryMs(state.data)) : false),
  })
  return {
    sale,
    others: ranked.filter((other) => other.saleId !== saleId),
    isLoading: list.isPending,
    isAway: list.failureCount > 0 || failureCount > 0,
  }
}

/** The clock is read first, so that a page never shows an opening by its own clock, which may be an hour off. */
async function readSales(wantedId: number | undefined): Promise<readonly SaleView[]> {
  const isClockKnown = serverClock.uncertaintyMs() !== undefined
  const [sales] = await Promise.all([
    readListed(wantedId),
    isClockKnown ? undefined : serverClock.sync().catch(() => {}),
  ])
  return sales
}

const listedCountMax = 100

/** The sales that are on or to come. A page of large sales ends early, so several pages may be needed. */
async function readCurrent(): Promise<readonly SaleView[]> {
  const current: SaleView[] = []
  let cursor: string | undefined
  do {
    const page = await valueOf(
      anybody.listSales({ limit: String(listedCountMax), ...(cursor !== undefined && { cursor }) }),
    )
    current.push(...page.sales)
    cursor = page.nextCursor
  } while (cursor !== undefined && current.length < listedCountMax)
  return current
}

/** The sales that are on or to come, or else the last ones. The wanted sale is always among them, if it exists. */
async function readListed(wantedId: number | undefined): Promise<readonly SaleView[]> {
  const current = await readCurrent()
  const isEmpty = current.length === 0
  const { sales } = isEmpty ? await valueOf(anybody.listSales({ state: 'closed', limit: '5' })) : { sales: current }
  if (wantedId === undefined || sales.some(({ saleId }) => saleId === wantedId)) return sales
  const wanted = await anybody.readSale(wantedId)
  return wanted.ok ? [...sales, wanted.value] : sales
}

/** How often a sale is read again. Thousands of buyers read it, and the opening does not depend on it. */
function readEveryMs(sale: SaleView): number {
  const stage = saleStage(sale, serverClock.now())
  if (stage === 'over') return 15_000
  if (stage !== 'open') return 4_000
  return sale.items.every(({ available }) => available === 0) ? 4_000 : 2_000
}
