import { notifyManager, skipToken, useQuery, type QueryClient } from '@tanstack/react-query'
import type { LiveItem, LiveProcess, OpsFrame, OpsHistory, RateSample } from '@flash-sale/contract/live'
import { mergeRates } from './merge-rates.ts'
import { notePaces, type Paces } from './pace.ts'

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
    client.setQueryData<readonly LiveItem[]>(keys.items, frame.items)
    client.setQueryData<readonly LiveProcess[]>(keys.processes, frame.processes)
    client.setQueryData<FrameTime>(keys.frame, { at: frame.at, receivedAt: performance.now() })
    client.setQueryData<Paces>(keys.paces, (paces = new Map()) => notePaces(paces, frame.items, Date.parse(frame.at)))
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
export const useLiveItems = () => usePushed(keys.items)
export const useLiveProcesses = () => usePushed(keys.processes)
/** One sample a second, the newest last. */
export const useRates = () => usePushed(keys.rates)
export const usePaces = () => usePushed(keys.paces)
export const useFrameTime = () => usePushed(keys.frame)

/** What the stream puts into the cache: nothing fetches it, and it is never out of date by age. */
function usePushed<Value>(queryKey: PushedKey<Value>): Value | undefined {
  return useQuery<Value>({ queryKey, queryFn: skipToken, staleTime: Infinity, gcTime: Infinity }).data
}
