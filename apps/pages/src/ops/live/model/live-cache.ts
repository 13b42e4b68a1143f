import { notifyManager, skipToken, useQuery, type QueryClient } from '@tanstack/react-query'
import type { LiveItem, LiveProcess, OpsFrame, OpsHistory, RateSample } from '@flash-sale/contract/live'
import { mergeItems } from './merge-items.ts'
import { mergeRates } from './merge-rates.ts'
import { lastsMs, notePaces, type Paces } from './pace.ts'

/** When the newest frame was made, and when it came. */
export interface FrameTime {
  readonly at: string
  /** Of `performance.now()`. */
  readonly receivedAt: number
}

// One key for each thing that is shown apart, so that a frame renders again only what it changed.
const keys = {
  items: ['ops', 'live', 'items'] as PushedKey<readonly LiveItem[]>,
  processes: ['ops', 'live', 'processes'] as PushedKey<readonly LiveProcess[]>,
  rates: ['ops', 'live', 'rates'] as PushedKey<readonly RateSample[]>,
  paces: ['ops', 'live', 'paces'] as PushedKey<Paces>,
  frame: ['ops', 'live', 'frame'] as PushedKey<FrameTime>,
}

/** A query key that knows what is kept under it. */
type PushedKey<Value> = readonly string[] & { readonly kept?: Value }

/** Takes a frame into the query cache. Items that did not change keep their identity, and so are not rendered again. */
export function takeFrame(client: QueryClient, frame: OpsFrame): void {
  notifyManager.batch(() => {
    const items = mergeItems(client.getQueryData<readonly LiveItem[]>(keys.items) ?? [], frame)
    client.setQueryData<readonly LiveItem[]>(keys.items, items)
    client.setQueryData<readonly LiveProcess[]>(keys.processes, frame.processes)
    client.setQueryData<FrameTime>(keys.frame, { at: frame.at, receivedAt: performance.now() })
    client.setQueryData<Paces>(keys.paces, (paces = new Map()) => notePaces(paces, items, Date.parse(frame.at)))
    takeRates(client, [frame.rates])
  })
}

/** Takes the rates until now, which come first on every connection. */
export function takeHistory(client: QueryClient, { frames }: OpsHistory): void {
  takeRates(client, frames)
}

function takeRates(client: QueryClient, incoming: readonly RateSample[]): void {
  // Five minutes of samples are merged by hand: comparing them deeply at each frame would be for nothing.
  client.setQueryDefaults(keys.rates, { structuralSharing: false })
  client.setQueryData<readonly RateSample[]>(keys.rates, (kept = []) => mergeRates(kept, incoming))
}

/** Everything on sale, as of the newest frame; undefined before the first. */
export const useLiveItems = () => usePushed(keys.items, asItIs)
/** How many items that are. */
export const useItemCount = () => usePushed(keys.items, ({ length }) => length) ?? 0
export const useLiveProcesses = () => usePushed(keys.processes, asItIs)
/** One sample a second, the newest last. */
export const useRates = () => usePushed(keys.rates, asItIs)
export const useFrameTime = () => usePushed(keys.frame, asItIs)
/** In how long an item is sold out at its pace, to the second, in ms; undefined where the pace says nothing. */
export const useLastsMs = (itemId: number) =>
  usePushed(keys.paces, (paces) => Math.ceil((lastsMs(paces.get(itemId)) ?? 0) / 1_000) * 1_000) || undefined

/** What the stream puts into the cache: nothing fetches it, and it is never out of date by age. Renders again when what is selected changes. */
function usePushed<Value, Selected>(
  queryKey: PushedKey<Value>,
  select: (value: Value) => Selected,
): Selected | undefined {
  return useQuery<Value, Error, Selected>({
    queryKey,
    queryFn: skipToken,
    select,
    staleTime: Infinity,
    gcTime: Infinity,
  }).data
}

function asItIs<Value>(value: Value): Value {
  return value
}
