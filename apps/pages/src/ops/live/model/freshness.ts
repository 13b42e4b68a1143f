import { useMonotonicNow } from '../../../server/use-server-clock.ts'
import { useFrameTime, type FrameTime } from './live-cache.ts'
import { useStreamState } from '../LiveStream.tsx'
import type { StreamState } from '../../../server/sse.ts'

/** Whether the numbers on the page are live, and if not, since when. */
export type Freshness =
  | { readonly kind: 'live' }
  | { readonly kind: 'connecting' }
  /** `lost`: there is no connection. `stale`: the connection is open, but no frame comes. */
  | {
      readonly kind: 'lost' | 'stale'
      readonly frameAt?: string
      readonly ageMs?: number
      readonly retryInMs?: number
      /** Why the service, which answers, does not serve the numbers. */
      readonly refusal?: string
    }

/** Frames come at least once a second, also while a store is silent. After this long without a frame the numbers are not live. */
const staleAfterMs = 4_000

/** Whether the numbers are live. Looks again each second. */
export function useFreshness(): Freshness {
  const state = useStreamState()
  const frame = useFrameTime()
  return judgeFreshness(state, frame, useMonotonicNow())
}

export function judgeFreshness(state: StreamState, frame: FrameTime | undefined, now: number): Freshness {
  const ageMs = frame && Math.max(0, now - frame.receivedAt)
  const age = frame && ageMs !== undefined ? { frameAt: frame.at, ageMs } : {}
  const refusal = refusalIn(state)
  if (state.kind === 'waiting') return { kind: 'lost', ...age, ...refusal, retryInMs: Math.max(0, state.retryAt - now) }
  if (state.kind === 'refused') return { kind: 'lost', ...age, ...refusal }
  if (ageMs === undefined) return { kind: 'connecting' }
  if (ageMs < staleAfterMs) return { kind: 'live' }
  return { kind: state.kind === 'connecting' ? 'lost' : 'stale', ...age }
}

function refusalIn(state: StreamState): { readonly refusal?: string } {
  const isRefused = 'problem' in state && state.problem.code !== 'NO_ANSWER'
  return isRefused ? { refusal: state.problem.detail } : {}
}
