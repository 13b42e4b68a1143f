import { useEffect, useRef } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { NothingHere } from '../../NothingHere.tsx'
import { JobsPage } from '../jobs/JobsPage.tsx'
import { LivePage } from '../live/LivePage.tsx'
import { NewSalePage } from '../new-sale/NewSalePage.tsx'
import { PaymentsPage } from '../payments/PaymentsPage.tsx'
import { OrdersPage } from '../orders/OrdersPage.tsx'
import { SalePage } from '../sale/SalePage.tsx'
import { TrailPage } from '../trail/TrailPage.tsx'
import { TabMark } from '../verdict/TabMark.tsx'
import { useVerdict } from '../verdict/use-verdict.ts'
import { VerdictBar } from '../verdict/VerdictBar.tsx'
import { WebhooksPage } from '../webhooks/WebhooksPage.tsx'
import { useOpsWords } from '../words.ts'
import { OpsHeader } from './OpsHeader.tsx'

const titles = {
  '/orders': 'orders',
  '/payments': 'payments',
  '/webhooks': 'webhooks',
  '/jobs': 'jobs',
  '/trail': 'trail',
  '/new-sale': 'newSale',
} as const

/** Chooses the operators' page by the address, and draws the frame around it. */
export function OpsPages() {
  const words = useOpsWords()
  const main = useRef<HTMLElement>(null)
  const [path] = useLocation()
  const page = titles[path as keyof typeof titles] ?? 'live'
  const title = `${words.pages[page]} · ${words.product}`

  useFocusOnArrival(main, path)
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="absolute left-4 -top-20 z-10 rounded-control bg-accent px-4 py-2 text-on-accent focus:top-2"
      >
        {words.skip}
      </a>
      <Verdict title={title} />
      <OpsHeader />
      <main id="content" ref={main} tabIndex={-1} className="grow p-3 outline-none sm:p-5">
        <Switch>
          <Route path="/" component={LivePage} />
          <Route path="/orders" component={OrdersPage} />
          <Route path="/payments" component={PaymentsPage} />
          <Route path="/webhooks" component={WebhooksPage} />
          <Route path="/jobs" component={JobsPage} />
          <Route path="/sales/:saleId" component={SalePage} />
          <Route path="/trail" component={TrailPage} />
          <Route path="/new-sale" component={NewSalePage} />
          <Route>
            <NothingHere forOps />
          </Route>
        </Switch>
      </main>
    </div>
  )
}

/** Of its own, so that a new verdict renders the bar and not the page. */
function Verdict({ title }: { readonly title: string }) {
  const verdict = useVerdict()
  return (
    <>
      <TabMark verdict={verdict} title={title} />
      <VerdictBar verdict={verdict} />
    </>
  )
}

/** A page that the reader opens takes the focus, so that a keyboard or a screen reader starts at its top. The first page does not. */
function useFocusOnArrival(main: React.RefObject<HTMLElement | null>, path: string): void {
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    main.current?.focus()
    window.scrollTo(0, 0)
  }, [main, path])
}
