import { salesEventNames, type SalesEvent, type StockEvent } from '@flash-sale/contract/sales-events'
import type { EventSourceMessage } from 'eventsource-parser'
import { useEffect, useState } from 'react'
import { hearing } from '../../server/hearing.ts'
import { followStream } from '../../server/sse.ts'
import { serverClock } from '../../server/use-server-clock.ts'
import { useMayFollow } from './use-may-follow.ts'
import { takeSales, takeStock, type StreamedSales } from './streamed-sales.ts'
import type { Wishes } from '../wishes/use-wishes.ts'

const address = '/v1/sales/events'
/** Longer than the service's heartbeat, and short, since the page shows numbers that nobody renews meanwhile. */
const silentMsMax = 25_000
/** How wrong the moment of an event may be before the page knows the service's clock. In ms. */
const unknownClockMs = 1_500

/**
 * Follows the sales and their stock while the tab is on the screen. A hidden tab gives its connection back: over HTTP/1.1 a browser has six
 * for all its tabs, and an order must never wait for one. A buyer with a wish is told in a hidden tab too, and hears before others that an
 * item has units again. The stream opens anew for each new wish of this kind.
 */
export function useStreamedSales({ count, firstItems }: Wishes): StreamedSales | undefined {
  const isFollowing = useMayFollow(count > 0)
  const url = firstItems.length > 0 ? `${address}?first=${firstItems.join()}` : address
  const [streamed, setStreamed] = useState<StreamedSales>()
  useEffect(() => {
    if (!isFollowing) return undefined
    const left = new AbortController()
    const close = () => setStreamed((known) => known && { ...known, isOpen: false })
    void followStream({
      url,
      bearer: undefined,
      signal: left.signal,
      silentMsMax,
      onHeard: hearing.noteAnswer,
      onEvent: (event) => setStreamed((known) => takeEvent(known, event)),
      onState: ({ kind }) => {
        if (kind !== 'open') close()
      },
    })
    return () => {
      left.abort()
      close()
    }
  }, [isFollowing, url])
  return streamed
}

function takeEvent(known: StreamedSales | undefined, { event, data }: EventSourceMessage): StreamedSales | undefined {
  const read: SalesEvent & StockEvent = JSON.parse(data)
  const asOfMs = ownMoment(read.at)
  if (event === salesEventNames.sales) return takeSales(known, read, asOfMs)
  if (event === salesEventNames.stock) return known && takeStock(known, read, asOfMs)
  return event === salesEventNames.away ? known && { ...known, isAway: true } : known
}

/** A moment of the service's clock by the browser's own clock, in ms; rather too early than too late. */
function ownMoment(at: string): number {
  const ageMs = Math.max(0, serverClock.now() - Date.parse(at))
  return Date.now() - ageMs - (serverClock.uncertaintyMs() ?? unknownClockMs)
}
