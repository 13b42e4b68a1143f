import { createClient } from '@flash-sale/contract/client'
import type { SaleView } from '@flash-sale/contract/sales'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { hearing } from '../../server/hearing.ts'
import { serverClock } from '../../server/use-server-clock.ts'
import { ProblemError, valueOf, type AnyProblem } from '../../server/problem.ts'
import { judgeNews, type News } from './judge-news.ts'
import { salesByInterest, saleStage } from './sale-stage.ts'
import { spread } from './spread.ts'
import { firstView } from '../../server/first-view.ts'
import type { Wishes } from '../wishes/use-wishes.ts'
import { isStreamed, laterOf, listedSales, type SaleReading, type StreamedSales } from './streamed-sales.ts'

/** The browser's own cache would answer for a second with a reading from before a refusal. */
const readNow: typeof fetch = (input, init) => fetch(input, { ...init, cache: 'no-cache' })
const anybody = createClient({ baseUrl: '', timeoutMs: 5_000, fetch: hearing.listen(readNow) })
const asTold = { asTold: 'true' } as const
const listEveryMs = 30_000
/** The age of an answer at most, in ms: the service and shared caches keep an answer this long. */
const answerAgeMsMax = 1_500

export interface SalesOnShow {
  readonly sale: SaleView | undefined
  /** The moment of which `sale` is true, in ms by the browser's own clock. */
  readonly asOfMs: number
  readonly others: readonly SaleView[]
  /** The address names a sale that does not exist. */
  readonly isWantedMissing: boolean
  /** The first answer has not come yet. */
  readonly isLoading: boolean
  readonly news: News
}

interface ListedSales {
  readonly sales: readonly SaleView[]
  readonly isWantedMissing: boolean
}

/**
 * The sale on the page: the wanted one, or else the most interesting one when the page was opened. Changes of other sales must not
 * replace it under a finger. What the stream does not tell is read again and again, the shown sale often. A hidden tab reads nothing, unless
 * its buyer has a wish. A page that does not hear first of an item of the sale reads what everybody is told.
 */
export function useSales(wanted: string | null, streamed: StreamedSales | undefined, wishes: Wishes): SalesOnShow {
  // The same for each render: TanStack Query starts an interval anew when its length changes.
  const [pace] = useState(Math.random)
  const spreadMs = (ms: number) => spread(ms, () => pace)
  const isListStreamed = streamed?.isOpen === true && !streamed.hasMore
  const list = useQuery({
    queryKey: ['sales', wanted],
    queryFn: () => readSales(wanted),
    ...firstViewFor(wanted),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isListStreamed && state.fetchFailureCount === 0 ? false : spreadMs(listEveryMs)),
  })
  const ofList = (list.data?.sales ?? []).map((sale) => readingOf(sale, list.dataUpdatedAt))
  const readings = list.data ? listedSales(ofList, streamed, wanted) : []
  const ranked = salesByInterest(
    readings.map(({ sale }) => sale),
    serverClock.now(),
  )
  const isTold = streamed?.readings.has(Number(wanted)) === true
  const isWantedMissing = list.data?.isWantedMissing === true && !list.isPlaceholderData && !isTold
  const [firstId, remember] = useState<number>()
  if (firstId === undefined && ranked[0]) remember(ranked[0].saleId)
  const byId = (id: number | undefined) => readings.find(({ sale }) => sale.saleId === id)
  const listed = isWantedMissing ? undefined : ((wanted === null ? undefined : byId(Number(wanted))) ?? byId(firstId))
  // A sale that is over leaves the list. A page that shows it continues to read it.
  const saleId = isWantedMissing ? undefined : (listed?.sale.saleId ?? firstId)
  const detail = useQuery({
    queryKey: ['sale', saleId],
    queryFn: () => valueOf(anybody.readSale(saleId ?? 0, hearsFirst(shown?.sale, wishes) ? {} : asTold)),
    enabled: saleId !== undefined,
    ...(listed && { initialData: listed.sale, initialDataUpdatedAt: listed.asOfMs + answerAgeMsMax }),
    refetchIntervalInBackground: wishes.count > 0,
    refetchInterval: ({ state: { data, dataUpdatedAt, fetchFailureCount } }) => {
      const known = latest(data, dataUpdatedAt)
      if (!known) return false
      const isOver = saleStage(known.sale, serverClock.now()) === 'over'
      const isCurrent = fetchFailureCount === 0 && isStreamed(streamed, known.sale.saleId, isOver)
      return isCurrent ? false : spreadMs(readEveryMs(known.sale))
    },
  })
  function latest(read: SaleView | undefined, readAtMs: number): SaleReading | undefined {
    return laterOf(read && readingOf(read, readAtMs), saleId === undefined ? undefined : streamed?.readings.get(saleId))
  }
  const shown = latest(detail.data, detail.dataUpdatedAt)
  const heard = useSyncExternalStore(hearing.subscribe, hearing.heard)
  const [before, say] = useState<News>('CURRENT')
  const news = judgeNews({
    before,
    streamed,
    saleId,
    isOver: shown !== undefined && saleStage(shown.sale, serverClock.now()) === 'over',
    // The reason of a failure goes when a reading begins anew, and the error stays until a reading succeeds.
    isUnread: [list, detail].some(({ failureReason, error }) => failureReason !== null || error !== null),
    heard,
  })
  if (news !== before) say(news)
  return {
    sale: shown?.sale,
    asOfMs: shown?.asOfMs ?? 0,
    isWantedMissing,
    others: ranked.filter((other) => other.saleId !== saleId),
    isLoading: list.isPending,
    news,
  }
}

function hearsFirst(sale: SaleView | undefined, { firstItems }: Wishes): boolean {
  return sale?.items.some(({ itemId }) => firstItems.includes(itemId)) === true
}

/** The sales that came with the page, for the address with which it came. */
function firstViewFor(wanted: string | null): { initialData: ListedSales; initialDataUpdatedAt: number } | undefined {
  if (firstView?.wanted !== wanted) return undefined
  const { sales, receivedAtMs } = firstView
  return { initialData: { sales, isWantedMissing: false }, initialDataUpdatedAt: receivedAtMs }
}

function readingOf(sale: SaleView, readAtMs: number): SaleReading {
  return { sale, asOfMs: readAtMs - answerAgeMsMax }
}

/** The clock is read first, so that a page never shows an opening by its own clock, which may be an hour off. */
async function readSales(wanted: string | null): Promise<ListedSales> {
  const isClockKnown = serverClock.uncertaintyMs() !== undefined
  const [listed] = await Promise.all([
    readListed(wanted),
    isClockKnown ? undefined : serverClock.sync().catch(() => {}),
  ])
  return listed
}

const listedCountMax = 100

/** The sales that are on or to come. A page of large sales ends early, so several pages may be needed. */
async function readCurrent(): Promise<readonly SaleView[]> {
  const current: SaleView[] = []
  let cursor: string | undefined
  do {
    const page = await valueOf(
      anybody.listSales({ ...asTold, limit: String(listedCountMax), ...(cursor !== undefined && { cursor }) }),
    )
    current.push(...page.sales)
    cursor = page.nextCursor
  } while (cursor !== undefined && current.length < listedCountMax)
  return current
}

/** The sales that are on or to come, or else the last ones. The wanted sale is always among them, if it exists. */
async function readListed(wanted: string | null): Promise<ListedSales> {
  const current = await readCurrent()
  const isEmpty = current.length === 0
  const { sales } = isEmpty ? await valueOf(anybody.listSales({ state: 'closed', limit: '5' })) : { sales: current }
  if (wanted === null || sales.some(({ saleId }) => String(saleId) === wanted)) return { sales, isWantedMissing: false }
  const read = saleNumber.test(wanted) ? await anybody.readSale(Number(wanted), asTold) : undefined
  if (read?.ok) return { sales: [...sales, read.value], isWantedMissing: false }
  if (read && !missingCodes.has(read.problem.code)) throw new ProblemError(read.problem)
  return { sales, isWantedMissing: true }
}

const saleNumber = /^[1-9]\d*$/
/** INVALID_REQUEST: the number is larger than the number of any sale. */
const missingCodes = new Set<AnyProblem['code']>(['SALE_NOT_FOUND', 'INVALID_REQUEST'])

/** How often a sale is read again. Thousands of buyers read it, and the opening does not depend on it. */
function readEveryMs(sale: SaleView): number {
  const stage = saleStage(sale, serverClock.now())
  if (stage === 'over') return 15_000
  if (stage !== 'open') return 4_000
  return sale.items.every(({ available }) => available === 0) ? 4_000 : 2_000
}
