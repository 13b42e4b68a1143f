import type { RetryReason } from './judge-answer.ts'

/** What a buyer is told while the order is sent again and again. */
export type WaitingCause = 'unsure' | 'notQuiteOpen' | 'unavailable' | 'busy'

/** Why the order has to wait. A store that does not answer is never called a crowd. */
export function waitingCause(reason: RetryReason, isUnsure: boolean): WaitingCause {
  if (isUnsure) return 'unsure'
  if (reason === 'NOT_QUITE_OPEN') return 'notQuiteOpen'
  return reason === 'UNAVAILABLE' ? 'unavailable' : 'busy'
}
