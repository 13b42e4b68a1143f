import { createClient } from '@flash-sale/contract/client'
import type { SaleView } from '@flash-sale/contract/sales'
import { useQuery } from '@tanstack/react-query'
import { serverClock } from '../server/use-server-clock.ts'
import { valueOf } from '../server/problem.ts'
import { salesByInterest, saleStage } from './sale-stage.ts'
import { spread } from './spread.ts'

const anybody = createClient({ baseUrl: '', timeoutMs: 5_000 })
const listEveryMs = 30_000

export interface SalesOnShow {
  readonly sale: SaleView | undefined
  readonly others: readonly SaleView[]
  /** Both of the first answers are still to come. */
  readonly isLoading: boolean
  /** The service did not answer the last question. */
  readonly isAway: boolean
}

/**
 * The sale that a buyer looks at: the wanted one, else the most interesting. Only that one is read often. All of it rests while the tab
 * is hidden (TanStack Query's default).
 */
export function useSales(wantedId: number | undefined): SalesOnShow {
  const list = useQuery({
    queryKey: ['sales'],
    queryFn: async () => (await valueOf(anybody.listSales())).sales,
    refetchInterval: () => spread(listEveryMs),
  })
  const ranked = salesByInterest(list.data ?? [], serverClock.now())
  const listed = ranked.find(({ saleId }) => saleId === wantedId) ?? ranked[0]
  const saleId = listed?.saleId
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
    isLoading: list.isPending && list.failureCount === 0,
    isAway: list.failureCount > 0 || failureCount > 0,
  }
}

/** How often a sale is read again: thousands of buyers look at it, and the opening does not depend on it. */
function readEveryMs(sale: SaleView): number {
  const stage = saleStage(sale, serverClock.now())
  if (stage === 'over') return 15_000
  if (stage !== 'open') return 4_000
  return sale.items.every(({ available }) => available === 0) ? 4_000 : 2_000
}
