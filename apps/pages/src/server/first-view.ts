import { firstViewElementId, firstViewTimeMetric, type FirstView } from '@flash-sale/contract/first-view'
import { serverClock } from './use-server-clock.ts'

/** What came with the page, and when, in ms by the browser's own clock. */
export interface ReceivedFirstView extends FirstView {
  readonly receivedAtMs: number
}

/** What came with the page from the service just now. Undefined for a page from the browser's cache, which is old. */
export const firstView = takeIfUsable()

/**
 * This runs before anything is shown, and not every browser has all that it needs: Firefox has no `serverTiming` over plain HTTP. Without a
 * first view the page asks the service.
 */
function takeIfUsable(): ReceivedFirstView | undefined {
  try {
    return takeFirstView()
  } catch {
    return undefined
  }
}

/** Takes the sales and the service's time out of the page. */
function takeFirstView(): ReceivedFirstView | undefined {
  const text = document.getElementById(firstViewElementId)?.textContent ?? 'null'
  const view: FirstView | null = JSON.parse(text)
  const [loaded] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  if (!view || !loaded || loaded.transferSize === 0 || loaded.type === 'back_forward') return undefined
  const told = loaded.serverTiming.find(({ name }) => name === firstViewTimeMetric)
  // Without the service's clock the page could show an opening by its own clock, which may be an hour off.
  if (!told) return undefined
  serverClock.note(Number(told.description), loaded.requestStart, loaded.responseStart)
  return { ...view, receivedAtMs: Date.now() - (performance.now() - loaded.responseStart) }
}
