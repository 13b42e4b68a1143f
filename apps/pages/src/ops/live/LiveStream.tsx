import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useState, type ReactNode } from 'react'
import { followStream, type StreamState } from '../../server/sse.ts'
import { useServerClock } from '../../server/use-server-clock.ts'
import { useOpsSession } from '../session/OpsSession.ts'
import { takeFrame, takeHistory } from './model/live-cache.ts'

const StreamStateContext = createContext<StreamState>({ kind: 'connecting' })

/** The state of the stream of live numbers. */
export function useStreamState(): StreamState {
  return use(StreamStateContext)
}

/** Follows the live numbers on every page while an operator is signed in, so that each page shows whether they are live. */
export function LiveStream({ children }: { readonly children: ReactNode }) {
  const { opsKey, signOut } = useOpsSession()
  const queryClient = useQueryClient()
  const [state, setState] = useState<StreamState>({ kind: 'connecting' })
  useServerClock()

  useEffect(() => {
    const left = new AbortController()
    void followStream({
      url: '/v1/ops/stream',
      bearer: opsKey,
      signal: left.signal,
      onState: setState,
      onEvent: ({ event, data }) => {
        if (event === 'frame') takeFrame(queryClient, JSON.parse(data))
        if (event === 'history') takeHistory(queryClient, JSON.parse(data))
      },
    })
    return () => left.abort()
  }, [opsKey, queryClient])

  const isRefused = state.kind === 'refused' && ['UNAUTHORIZED', 'FORBIDDEN'].includes(state.problem.code)
  useEffect(() => {
    if (isRefused) signOut('over')
  }, [isRefused, signOut])

  return <StreamStateContext value={state}>{children}</StreamStateContext>
}
