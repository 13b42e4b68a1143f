import type { DefaultOptions } from '@tanstack/react-query'
import { backoffMs } from './backoff.ts'
import { isPassing, problemOfError, retryAfterMsOf } from './problem.ts'

const retriesMax = 4

/**
 * Reads are repeated while the problem may pass, but no sooner than the service asks. Acts are repeated only by the reader. Without a network
 * both fail at once and are told, instead of waiting unseen for the network. Once it is back, what failed is read again.
 */
export const queryDefaults: DefaultOptions = {
  queries: {
    networkMode: 'always',
    // The network mode switches this off. Then what is not read regularly would stay unread.
    refetchOnReconnect: true,
    staleTime: 5_000,
    retry: (failures, error) => failures < retriesMax && isPassing(problemOfError(error)),
    retryDelay: (failures, error) => Math.max(backoffMs(failures + 1), retryAfterMsOf(problemOfError(error))),
  },
  mutations: { retry: false, networkMode: 'always' },
}
