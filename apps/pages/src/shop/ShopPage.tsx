import { useEffect } from 'react'
import { Link, useSearchParams } from 'wouter'
import { buttonClass } from '../design/Button.tsx'
import { Empty } from '../design/Empty.tsx'
import { Loading } from '../design/Loading.tsx'
import { designWords } from '../design/words.ts'
import { ThemeSwitch } from '../design/ThemeSwitch.tsx'
import { LanguageSwitch } from '../language/LanguageSwitch.tsx'
import { useWords } from '../language/words.ts'
import { useServerClock } from '../server/use-server-clock.ts'
import { AwayNotice } from './AwayNotice.tsx'
import { BuyerMark } from './session/BuyerMark.tsx'
import { MyOrders } from './orders/MyOrders.tsx'
import type { News } from './sales/judge-news.ts'
import { OtherSales } from './sales/OtherSales.tsx'
import { SaleOnShow } from './sales/SaleOnShow.tsx'
import { SignInNotice } from './session/SignInNotice.tsx'
import { useOrders } from './orders/use-orders.ts'
import { useSales } from './sales/use-sales.ts'
import { useStreamedSales } from './sales/use-streamed-sales.ts'
import { useSignIn } from './session/use-sign-in.ts'
import { useShopSession } from './session/use-shop-session.ts'
import { useWishes } from './wishes/use-wishes.ts'
import { shopWords } from './words.ts'

/** The buyers' page: the sale, its button, and the buyer's own orders. */
export function ShopPage() {
  useServerClock()
  const words = useWords(shopWords)
  const [search] = useSearchParams()
  const { session, expired, onTokenRefused } = useShopSession()
  const wishes = useWishes()
  const streamed = useStreamedSales(wishes)
  const { sale, asOfMs, others, isWantedMissing, isLoading, news } = useSales(search.get('sale'), streamed, wishes)
  const signIn = useSignIn(session === null, sale?.saleId)
  const orders = useOrders(session)
  const isTokenRefused = orders.problem?.code === 'UNAUTHORIZED'
  useEffect(() => {
    if (session && isTokenRefused) onTokenRefused(session)
  }, [session, isTokenRefused, onTokenRefused])

  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-5xl flex-col px-4 pb-16 sm:px-6">
      {!sale && <title>{words.shop}</title>}
      <header className="flex min-h-14 flex-wrap items-center justify-between gap-x-4 py-2">
        <p className="font-semibold">{words.shop}</p>
        <div className="flex items-center gap-1">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main className="grid grid-cols-1 items-start gap-x-6 gap-y-5 lg:grid-cols-[minmax(0,1.25fr)_minmax(0,1fr)] lg:grid-rows-[auto_auto_1fr]">
        <div className="-mb-2 flex min-h-9 items-center lg:col-span-2">
          {session && <BuyerMark buyer={session.buyer} />}
        </div>
        {sale && (
          <SaleOnShow
            key={sale.saleId}
            sale={sale}
            asOfMs={asOfMs}
            session={session}
            orders={orders.orders}
            onTokenRefused={onTokenRefused}
            signInHref={signIn.href}
            wishes={wishes}
          />
        )}
        {isWantedMissing && <NoSuchSale />}
        {!sale && !isWantedMissing && <NoSale isLoading={isLoading} news={news} />}
        {session && !isLoading && (
          <MyOrders
            session={session}
            orders={orders}
            items={[sale, ...others].flatMap((known) => known?.items ?? [])}
            className="lg:row-span-2"
          />
        )}
        <OtherSales sales={others} />
        {session === null && <SignInNotice place={signIn} expired={expired} />}
      </main>
      {news !== 'CURRENT' && !isLoading && <AwayNotice news={news} />}
    </div>
  )
}

/** Tells that the address names a sale that does not exist. */
function NoSuchSale() {
  const words = useWords(shopWords).noSuchSale
  const { toShop } = useWords(designWords)
  return (
    <Empty
      icon="search"
      title={words.title}
      action={
        <Link href="/" className={buttonClass('plain')}>
          {toShop}
        </Link>
      }
    >
      <p role="status">{words.advice}</p>
    </Empty>
  )
}

interface NoSaleProps {
  readonly isLoading: boolean
  readonly news: News
}

/** Replaces the sale while no sale is known, or when there is none. */
function NoSale({ isLoading, news }: NoSaleProps) {
  const words = useWords(shopWords)
  if (isLoading && news === 'CURRENT') return <Loading label={words.loading} />
  const { title, advice } = isLoading ? (news === 'OLD' ? words.unread : words.away) : words.nothing
  return (
    <Empty icon={isLoading ? 'sync' : 'box'} title={title}>
      <p role="status">{advice}</p>
    </Empty>
  )
}
