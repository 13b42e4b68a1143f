import { notifyManager, skipToken, useQuery, type QueryClient } from '@tanstack/react-query'
import type { LiveItem, LiveProcess, OpsFrame, OpsHistory, RateSample } from '@flash-sale/contract/live'
import { useMemo } from 'react'
import { useDismissed } from './dismissed.ts'
import { keepDead, processKey } from './keep-dead.ts'
import { noteMarks, type Mark } from './marks.ts'
import { mergeItems, mergeRates } from './merge-frames.ts'
import { isSelling, lastsMs, notePaces, type Paces } from '../../../story/pace.ts'

/** When the newest frame was made, and when this page received it. */
export interface FrameTime {
  readonly at: string
  /** By `performance.now()`. */
  readonly receivedAt: number
}

/** What the service says of its stores and its work. */
type Health = Pick<OpsFrame, 'stores' | 'degraded' | 'failedJobs' | 'readiness' | 'troubles'>

// One key for each part of the page, so that a frame renders only the parts that it changed.
const keys = {
  items: ['ops', 'live', 'items'] as PushedKey<readonly LiveItem[]>,
  processes: ['ops', 'live', 'processes'] as PushedKey<readonly LiveProcess[]>,
  health: ['ops', 'live', 'health'] as PushedKey<Health>,
  rates: ['ops', 'live', 'rates'] as PushedKey<readonly RateSample[]>,
  marks: ['ops', 'live', 'marks'] as PushedKey<readonly Mark[]>,
  paces: ['ops', 'live', 'paces'] as PushedKey<Paces>,
  frame: ['ops', 'live', 'frame'] as PushedKey<FrameTime>,
}

/** A query key that knows the type of its value. */
type PushedKey<Value> = readonly string[] & { readonly kept?: Value }

/** Puts a frame into the query cache. Unchanged items keep their identity, so they are not rendered again. */
export function takeFrame(client: QueryClient, frame: OpsFrame): void {
  notifyManager.batch(() => {
    const before = client.getQueryData<readonly LiveItem[]>(keys.items) ?? []
    const items = mergeItems(before, frame)
    client.setQueryData<readonly LiveItem[]>(keys.items, items)
    client.setQueryData<readonly LiveProcess[]>(keys.processes, (known = []) =>
      keepDead(known, frame.processes, frame.at),
    )
    const { stores, degraded, failedJobs, readiness, troubles } = frame
    client.setQueryData<Health>(keys.health, { stores, degraded, failedJobs, readiness, troubles })
    client.setQueryData<FrameTime>(keys.frame, { at: frame.at, receivedAt: performance.now() })
    client.setQueryData<readonly Mark[]>(keys.marks, (marks = []) =>
      noteMarks(marks, before, items, Date.parse(frame.at)),
    )
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
export const useItemName = (itemId: number) =>
  usePushed(keys.items, (items) => items.find((item) => item.itemId === itemId)?.name)
export const useHealth = () => usePushed(keys.health, asItIs)
/** What happened in the last minutes, the oldest first. */
export const useMarks = () => usePushed(keys.marks, asItIs)
/** One sample a second, the newest last. */
export const useRates = () => usePushed(keys.rates, asItIs)
export const useFrameTime = () => usePushed(keys.frame, asItIs)
/** The time until the item is sold out at its pace, in ms, rounded to seconds. Undefined if the pace is unknown. */
export const useLastsMs = (itemId: number) =>
  usePushed(keys.paces, (paces) => Math.ceil((lastsMs(paces.get(itemId)) ?? 0) / 1_000) * 1_000) || undefined

/** The items that sold something in the last seconds. The set stays the same until another item does. */
export function useBusyItems(): ReadonlySet<number> {
  const ids = usePushed(keys.paces, (paces) =>
    [...paces].flatMap(([itemId, pace]) => (isSelling(pace) ? itemId : [])).join(),
  )
  return useMemo(() => new Set(ids ? ids.split(',').map(Number) : []), [ids])
}

const noProcesses: readonly LiveProcess[] = []

/** The processes that report, and the silent ones that nobody dismissed. */
export function useLiveProcesses(): readonly LiveProcess[] {
  const processes = usePushed(keys.processes, asItIs) ?? noProcesses
  const dismissed = useDismissed()
  return useMemo(
    () => processes.filter((process) => process.silentMs === 0 || !dismissed.has(processKey(process))),
    [processes, dismissed],
  )
}

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
