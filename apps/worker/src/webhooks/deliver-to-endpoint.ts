import { randomUUID } from 'node:crypto'
import { readOrderEvents, type PlacedEvent } from '@flash-sale/database/feed/order-events'
import { keepDeadLetter } from '@flash-sale/database/webhooks/dead-letters'
import {
  claimEndpoint,
  markFailure,
  markProgress,
  releaseEndpoint,
  type ClaimedEndpoint,
} from '@flash-sale/database/webhooks/deliveries'
import { pauseMsAfter } from '@flash-sale/webhooks/retry-schedule'
import type { Sent } from '@flash-sale/webhooks/send-webhook'
import { messageOfEvent } from '@flash-sale/webhooks/webhook-message'
import type { DeliverContext } from './deliver-context.ts'
import { replayDeadLetters } from './replay-dead-letters.ts'
import { cutWindow, windowSizeMax } from './window.ts'

/** After it a job ends, so that endpoints with much to hear do not keep others waiting. In ms. */
const sliceMs = 5_000

/**
 * Tells an endpoint what it does not know yet, in the order of the feed. Several events are on their way at a time, never two of one order.
 * At an event that is not delivered the endpoint stays, and the next job tries again. At least once: what was sent and not noted before the
 * process died is sent again under the same `webhook-id`.
 */
export async function deliverToEndpoint(context: DeliverContext, endpointId: number): Promise<void> {
  const claim = randomUUID()
  const claimed = await context.ask(() => claimEndpoint(context.database, endpointId, claim))
  if (!claimed) return
  try {
    let endpoint: ClaimedEndpoint | undefined = await replayDeadLetters(context, claimed, claim)
    const untilMs = performance.now() + sliceMs
    while (endpoint?.state === 'active' && !context.stopping.aborted && performance.now() < untilMs) {
      endpoint = await deliverWindow(context, endpoint, claim)
    }
  } finally {
    await context.ask(() => releaseEndpoint(context.database, endpointId, claim))
  }
}

/** Sends the next events. Returns the endpoint as it is then; undefined if there is nothing more to do now. */
async function deliverWindow(
  context: DeliverContext,
  endpoint: ClaimedEndpoint,
  claim: string,
): Promise<ClaimedEndpoint | undefined> {
  const { database, horizon, ask } = context
  const { position, statuses, ahead } = endpoint
  const upTo = await horizon.read(position)
  if (upTo <= position) return undefined
  const events = await ask(() => readOrderEvents(database, { after: position, upTo, statuses }, windowSizeMax))
  if (events.length === 0) {
    const nothing = { position: upTo, ahead: [], isDelivered: false, isWell: true }
    await ask(() => markProgress(database, endpoint, claim, nothing))
    return undefined
  }
  // While it fails, one event at a time asks whether it still does.
  const window = cutWindow(events, endpoint.tryCount > 0 ? 1 : windowSizeMax)
  const outcomes = await Promise.all(window.map((placed) => send(context, endpoint, placed)))
  const failedAt = outcomes.findIndex(({ kind }) => kind !== 'DELIVERED')
  const done = failedAt === -1 ? window : window.slice(0, failedAt)
  const progress = {
    position: done.at(-1)?.place ?? position,
    ahead: aheadOf(window, outcomes, failedAt, ahead),
    isDelivered: done.length > 0,
    isWell: done.length > 0,
  }
  const marked = await ask(() => markProgress(database, endpoint, claim, progress))
  const outcome = outcomes[failedAt]
  if (!marked || !outcome || outcome.kind === 'DELIVERED' || outcome.kind === 'STOPPED') return marked
  // The answer came from the former address.
  if (marked.url !== endpoint.url) return marked
  return fail(context, marked, claim, window[failedAt]!, outcome)
}

async function send(context: DeliverContext, endpoint: ClaimedEndpoint, { place, event }: PlacedEvent): Promise<Sent> {
  if (endpoint.ahead.includes(place)) return { kind: 'DELIVERED' }
  const sent = await context.sender.send(endpoint, messageOfEvent(event), context.hurrying)
  context.onSent(sent.kind)
  return sent
}

/** What was delivered beyond the new position, in this window and before it. */
function aheadOf(
  window: readonly PlacedEvent[],
  outcomes: readonly Sent[],
  failedAt: number,
  before: readonly bigint[],
): bigint[] {
  const beyond = failedAt === -1 ? [] : window.filter((_, i) => i > failedAt && outcomes[i]!.kind === 'DELIVERED')
  const reached = window.at(failedAt)!.place
  return [...new Set([...before.filter((place) => place > reached), ...beyond.map(({ place }) => place)])]
}

/** Notes that the event behind the position was not delivered. Returns the endpoint if it goes on without that event. */
async function fail(
  { database, ask, schedule, logger }: DeliverContext,
  endpoint: ClaimedEndpoint,
  claim: string,
  { place, event }: PlacedEvent,
  { kind, failure }: Extract<Sent, { failure: string }>,
): Promise<ClaimedEndpoint | undefined> {
  const { id: endpointId } = endpoint
  const tryCount = endpoint.tryCount + 1
  const refusedCount = kind === 'REFUSED' ? endpoint.refusedCount + 1 : 0
  if (refusedCount >= schedule.refusedTriesMax) {
    const letter = { endpointId, number: place, eventId: event.eventId, failure, tryCount }
    await ask(() => keepDeadLetter(database, letter))
    logger.warn({ endpointId, eventId: event.eventId, failure }, 'a webhook endpoint refused an event for good')
    const ahead = endpoint.ahead.filter((other) => other > place)
    const past = { position: place, ahead, isDelivered: false, isWell: true }
    return ask(() => markProgress(database, endpoint, claim, past))
  }
  const failedTry = {
    failure,
    tryCount,
    refusedCount,
    retryAfterMs: pauseMsAfter(tryCount, schedule),
    giveUpAfterMs: kind === 'GONE' ? 0 : schedule.giveUpAfterMs,
  }
  const isPaused = await ask(() => markFailure(database, endpoint, claim, failedTry))
  if (isPaused) {
    logger.error({ endpointId, failure }, 'a webhook endpoint failed for too long and is paused')
  } else if (tryCount === 1) {
    logger.warn({ endpointId, failure }, 'a webhook endpoint fails, and is tried again')
  }
  return undefined
}
