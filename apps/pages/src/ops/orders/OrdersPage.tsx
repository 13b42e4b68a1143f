import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'wouter'
import { Empty } from '../../design/Empty.tsx'
import { Loading } from '../../design/Loading.tsx'
import { MoreButton } from '../MoreButton.tsx'
import { Panel } from '../../design/Panel.tsx'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { linkClass } from '../paths.ts'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { OrderTable } from './OrderTable.tsx'
import { filterIn, isFiltered, type OrderFilter } from './order-filter.ts'
import { SearchBox } from './SearchBox.tsx'
import { SearchResults } from './SearchResults.tsx'

const pageSize = '50'

/** Finds orders, items and sales by one text; without a text, lists the newest orders, or those of a buyer or an item. */
export function OrdersPage() {
  const words = useOpsWords().orders
  const [address, setAddress] = useSearchParams()
  const text = address.get('text')?.trim() ?? ''
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <h1 className="text-title font-semibold">{words.title}</h1>
      {/* The browser's Back changes the address without the form. The form then starts anew from the address. */}
      <SearchBox key={text} text={text} onSearch={(wanted) => setAddress(wanted === '' ? {} : { text: wanted })} />
      {text === '' ? <OrderList filter={filterIn(address)} /> : <SearchResults text={text} />}
    </div>
  )
}

function OrderList({ filter }: { readonly filter: OrderFilter }) {
  const words = useOpsWords().orders
  const found = useOrders(filter)
  const orders = found.data?.pages.flatMap((page) => page.orders) ?? []
  const { buyer, itemId } = filter
  const itemName = orders.find((order) => String(order.itemId) === itemId)?.itemName ?? itemId
  const title = buyer ? words.ofBuyer(buyer) : itemName ? words.ordersOfItem(itemName) : words.newest
  const all = (
    <Link href="/orders" className={linkClass}>
      {words.all}
    </Link>
  )
  return (
    <Panel title={title} {...(isFiltered(filter) && { actions: all })}>
      {found.isPending && <Loading />}
      {found.isError && <ReadProblem problem={problemOfError(found.error)} onRetry={() => void found.refetch()} />}
      {found.isSuccess && orders.length === 0 && (
        <Empty icon="search" title={isFiltered(filter) ? words.none : words.noneYet}>
          {isFiltered(filter) ? words.noneAdvice : words.noneYetAdvice}
        </Empty>
      )}
      {orders.length > 0 && <OrderTable orders={orders} />}
      {found.hasNextPage && (
        <MoreButton busy={found.isFetchingNextPage} onMore={() => void found.fetchNextPage()}>
          {words.more}
        </MoreButton>
      )}
    </Panel>
  )
}

function useOrders(filter: OrderFilter) {
  const { client } = useOpsSession()
  return useInfiniteQuery({
    queryKey: ['ops', 'lists', 'orders', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      valueOf(client.findOrders({ ...filter, limit: pageSize, ...(pageParam && { cursor: pageParam }) })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
}
