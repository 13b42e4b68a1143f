import { webhookFailures } from '@flash-sale/contract/webhook-failures'
import { readOrderEvent } from '@flash-sale/database/feed/order-events'
import { keepDeadLetter, listReplays, resolveDeadLetter } from '@flash-sale/database/webhooks/dead-letters'
import { markProgress, type ClaimedEndpoint } from '@flash-sale/database/webhooks/deliveries'
import { messageOfEvent } from '@flash-sale/webhooks/webhook-message'
import type { DeliverContext } from './deliver-context.ts'

const replayCountMax = 20

/**
 * Sends the dead letters that an operator asked to send again, one after the other, each once: one that fails is dead again. Returns the
 * endpoint, if this job still has it in hand.
 */
export async function replayDeadLetters(
  { database, ask, sender, hurrying, stopping, onSent }: DeliverContext,
  endpoint: ClaimedEndpoint,
  claim: string,
): Promise<ClaimedEndpoint | undefined> {
  let current: ClaimedEndpoint | undefined = endpoint
  const replays = await ask(() => listReplays(database, endpoint.id, replayCountMax))
  for (const { id, number, eventId, tryCount } of replays) {
    if (current?.state !== 'active' || stopping.aborted) return current
    const placed = await ask(() => readOrderEvent(database, number))
    // The order may have been deleted by hand since.
    const sent = placed
      ? await sender.send(current, messageOfEvent(placed.event), hurrying)
      : ({ kind: 'REFUSED', failure: webhookFailures.EVENT_GONE } as const)
    onSent(sent.kind)
    if (sent.kind === 'STOPPED') return current
    if (sent.kind === 'DELIVERED') await ask(() => resolveDeadLetter(database, id, 'delivered'))
    else {
      const letter = { endpointId: endpoint.id, number, eventId, failure: sent.failure, tryCount: tryCount + 1 }
      await ask(() => keepDeadLetter(database, letter))
    }
    current = await keepInHand(current)
  }
  return current

  function keepInHand(held: ClaimedEndpoint): Promise<ClaimedEndpoint | undefined> {
    const unchanged = { position: held.position, ahead: held.ahead, isDelivered: false, isWell: false }
    return ask(() => markProgress(database, held, claim, unchanged))
  }
}
