import { useMemo } from 'react'
import { useFreshness } from '../live/model/freshness.ts'
import { useFrameTime, useHealth, useLiveItems, useLiveProcesses, useRates } from '../live/model/live-cache.ts'
import { judgeVerdict } from './judge-verdict.ts'
import type { Verdict } from './verdict.ts'

const none: readonly never[] = []
const unheard = { stores: none, degraded: none, failedJobs: null, troubles: null }

/** The verdict of now. It is judged again at each frame, and each second. */
export function useVerdict(): Verdict {
  const freshness = useFreshness()
  const frameAt = useFrameTime()?.at
  const items = useLiveItems() ?? none
  const processes = useLiveProcesses()
  const rates = useRates() ?? none
  const health = useHealth() ?? unheard
  return useMemo(() => {
    const frameAtMs = frameAt === undefined ? undefined : Date.parse(frameAt)
    return judgeVerdict({ freshness, frameAtMs, items, processes, rates, ...health })
  }, [freshness, frameAt, items, processes, rates, health])
}
