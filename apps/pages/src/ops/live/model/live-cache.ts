import { notifyManager, skipToken, useQuery, type QueryClient } from '@tanstack/react-query'
import type { LiveItem, LiveProcess, OpsFrame, OpsHistory, RateSample } from '@flash-sale/contract/live'
import { mergeItems, mergeRates } from './merge-frames.ts'
import { lastsMs, notePaces, type Paces } from './pace.ts'

/** When the newest frame was made, and when this page received it. */
export interface FrameTime {
  readonly at: string
  /** By `performance.now()`. */
  readonly receivedAt: number
}

// One key for each part of the page, so that a frame renders only the parts that it changed.
const keys = {
  items: ['ops', 'live', 'items'] as PushedKey<readonly LiveItem[]>,
  processes: ['ops', 'live', 'processes'] as PushedKey<readonly LiveProcess[]>,
  rates: ['ops', 'live', 'rates'] as PushedKey<readonly RateSample[]>,
  paces: ['ops', 'live', 'paces'] as PushedKey<Paces>,
  frame: ['ops', 'live', 'frame'] as PushedKey<FrameTime>,
}

/** A query key that knows the type of its value. */
type PushedKey<Value> = readonly string[] & { readonly kept?: Value }

/** Puts a frame into the query cache. Unchanged items keep their identity, so they are not rendered again. */
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

/** Puts the history of rates into the query cache. It comes first on every connection. */
export function takeHistory(client: QueryClient, { frames }: OpsHistory): void {
  takeRates(client, frames)
}

function takeRates(client: QueryClient, incoming: readonly RateSample[]): void {
  // mergeRates keeps the identity of unchanged samples, so a deep comparison at each frame would be for nothing.
  client.setQueryDefaults(keys.rates, { structuralSharing: false })
  client.setQueryData<readonly RateSample[]>(keys.rates, (kept = []) => mergeRates(kept, incoming))
}

/** Everything on sale, as of the newest frame; undefined before the first. */
export const useLiveItems = () => usePushed(keys.items, asItIs)
/** The number of live items. */
export const useItemCount = () => usePushed(keys.items, ({ length }) => length) ?? 0
export const useLiveProcesses = () => usePushed(keys.processes, asItIs)
/** One sample a second, the newest last. */
export const useRates = () => usePushed(keys.rates, asItIs)
export const useFrameTime = () => usePushed(keys.frame, asItIs)
/** The time until the item is sold out at its pace, in ms, rounded to seconds. Undefined if the pace is unknown. */
export const useLastsMs = (itemId: number) =>
  usePushed(keys.paces, (paces) => Math.ceil((lastsMs(paces.get(itemId)) ?? 0) / 1_000) * 1_000) || undefined

/** A value that the stream puts into the cache: it is never fetched and never stale. Renders again when the selected part changes. */
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
