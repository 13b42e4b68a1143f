import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { Empty } from '../../design/Empty.tsx'
import { Loading } from '../../design/Loading.tsx'
import { MoreButton } from '../MoreButton.tsx'
import { Panel } from '../../design/Panel.tsx'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { FindOrders } from './FindOrders.tsx'
import { OrderTable } from './OrderTable.tsx'
import { addressOf, errorsIn, searchIn, type OrderSearch } from './search.ts'

const pageSize = '50'

/** Finds an order, or all orders of a buyer or an item; without a search, the newest. */
export function OrdersPage() {
  const words = useOpsWords().orders
  const [address, setAddress] = useSearchParams()
  const search = searchIn(address)
  const found = useFoundOrders(search)
  const orders = found.data?.pages.flatMap((page) => page.orders) ?? []
  const isSearch = addressOf(search) !== ''
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <h1 className="text-title font-semibold">{words.title}</h1>
      {/* The browser's Back changes the address without the form. The form then starts anew from the address. */}
      <FindOrders
        key={addressOf(search)}
        search={search}
        onFind={(wanted) => setAddress(new URLSearchParams(addressOf(wanted)))}
      />
      <Panel title={isSearch ? words.found : words.newest}>
        {found.isPending && found.isFetching && <Loading />}
        {found.isError && <ReadProblem problem={problemOfError(found.error)} onRetry={() => void found.refetch()} />}
        {found.isSuccess && orders.length === 0 && (
          <Empty icon="search" title={words.none}>
            {words.noneAdvice}
          </Empty>
        )}
        {orders.length > 0 && <OrderTable orders={orders} />}
        {found.hasNextPage && (
          <MoreButton busy={found.isFetchingNextPage} onMore={() => void found.fetchNextPage()}>
            {words.more}
          </MoreButton>
        )}
      </Panel>
    </div>
  )
}

function useFoundOrders(search: OrderSearch) {
  const { client } = useOpsSession()
  const given = Object.fromEntries(Object.entries(search).filter(([, text]) => text !== ''))
  return useInfiniteQuery({
    queryKey: ['ops', 'lists', 'orders', given],
    enabled: Object.keys(errorsIn(search)).length === 0,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      valueOf(client.findOrders({ ...given, limit: pageSize, ...(pageParam && { cursor: pageParam }) })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  })
}
