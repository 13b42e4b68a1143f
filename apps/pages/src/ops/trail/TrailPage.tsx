import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { Empty } from '../../design/Empty.tsx'
import { Loading } from '../../design/Loading.tsx'
import { Panel } from '../../design/Panel.tsx'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { MoreButton } from '../MoreButton.tsx'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { TrailFilter } from './TrailFilter.tsx'
import { TrailTable } from './TrailTable.tsx'

const pageSize = '50'
const refreshEveryMs = 10_000

/** Lists the acts on sales and items, the newest first. */
export function TrailPage() {
  const words = useOpsWords().trail
  const [address, setAddress] = useSearchParams()
  const filter = { saleId: address.get('saleId') ?? '', itemId: address.get('itemId') ?? '' }
  const trail = useTrail(filter)
  const events = trail.data?.pages.flatMap((page) => page.events) ?? []
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <div>
        <h1 className="text-title font-semibold">{words.title}</h1>
        <p className="text-ink-soft">{words.lead}</p>
      </div>
      <TrailFilter key={address.toString()} filter={filter} onShow={setAddress} />
      <Panel title={words.newest}>
        {trail.isPending && <Loading />}
        {trail.isError && <ReadProblem problem={problemOfError(trail.error)} onRetry={() => void trail.refetch()} />}
        {trail.isSuccess && events.length === 0 && (
          <Empty icon="info" title={words.none}>
            {words.noneAdvice}
          </Empty>
        )}
        {events.length > 0 && <TrailTable events={events} />}
        {trail.hasNextPage && (
          <MoreButton busy={trail.isFetchingNextPage} onMore={() => void trail.fetchNextPage()}>
            {words.more}
          </MoreButton>
        )}
      </Panel>
    </div>
  )
}

function useTrail(filter: Readonly<Record<'saleId' | 'itemId', string>>) {
  const { client } = useOpsSession()
  const given = Object.fromEntries(Object.entries(filter).filter(([, text]) => text !== ''))
  return useInfiniteQuery({
    queryKey: ['ops', 'lists', 'trail', given],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      valueOf(client.readAuditTrail({ ...given, limit: pageSize, ...(pageParam && { cursor: pageParam }) })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // A refresh would read every open page again, so the page refreshes only while the first page alone is open.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : refreshEveryMs),
  })
}
