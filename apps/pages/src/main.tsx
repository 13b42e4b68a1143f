import './design/base.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { Route, Switch } from 'wouter'
import { FaultBoundary } from './design/FaultBoundary.tsx'
import { Loading } from './design/Loading.tsx'
import { applyTheme } from './design/theme.ts'
import { LanguageProvider } from './language/LanguageProvider.tsx'
import { NothingHere } from './NothingHere.tsx'
import { hearing } from './server/hearing.ts'
import { queryDefaults } from './server/query-defaults.ts'
import { ShopPage } from './shop/ShopPage.tsx'

// A buyer never downloads the operators' charts. The shop is in the first chunk, so that it needs no second round trip.
const OpsApp = lazy(() => import('./ops/OpsApp.tsx').then(({ OpsApp: component }) => ({ default: component })))

applyTheme()
addEventListener('pagehide', hearing.leave)
addEventListener('pageshow', hearing.comeBack)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <LanguageProvider>
      <FaultBoundary>
        <QueryClientProvider client={new QueryClient({ defaultOptions: queryDefaults })}>
          <Suspense fallback={<Loading />}>
            <Switch>
              <Route path="/" component={ShopPage} />
              <Route path="/ops" nest component={OpsApp} />
              <Route>
                <main>
                  <NothingHere />
                </main>
              </Route>
            </Switch>
          </Suspense>
        </QueryClientProvider>
      </FaultBoundary>
    </LanguageProvider>
  </StrictMode>,
)
