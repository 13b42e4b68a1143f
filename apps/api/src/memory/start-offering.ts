import { acceptedOrdersOf, type AcceptedBatchText } from '@flash-sale/stock/accepted-batches'
import type { KnownWrites } from '@flash-sale/stock/join-writes'
import { lookBack } from '@flash-sale/stock/look-back'
import { isSameMaking } from '@flash-sale/stock/making'
import { noteOffered, readAnnouncements, type AnnouncedLedger } from '@flash-sale/stock/offers-first'
import type { AcceptedBatch } from '@flash-sale/stock/reservation-batcher'
import { adoptOrders } from '@flash-sale/upkeep/adopt-orders'
import type { Logger } from 'pino'
import type { ApiContext } from '../api-context.ts'
import { createLossTeller, tellOfAnotherItem, type LossTellerOptions } from './tell-losses.ts'
import { tellOffered } from './tell-offered.ts'

export interface OfferingOptions extends LossTellerOptions {
  readonly logger: Pick<Logger, 'warn' | 'error'>
  /** Rings the worker's doorbell for orders that were brought back. */
  readonly ring: (batch: AcceptedBatch) => void
  /** As this process reports itself. */
  readonly processName: string
}

export interface Offering {
  close(): void
}

/** A ledger that was made anew waits for us: this is how soon we hear of it. */
const listenEveryMs = 200
/** After news others follow soon, as when Redis came back empty. Meanwhile each of their orders is sent every 25 ms. */
const listenAgainMs = 50
/** How soon what was committed is forgotten, and a ledger that was rewound is found although nobody buys. */
const lookEveryMs = 1_000
const itemsAtATimeMax = 16

/** What came of an offer. 'LATER': the ledger takes nothing now. 'NOT_LOADED': it has to be made anew, and is announced then. */
type Offered = 'OFFERED' | 'LATER' | 'NOT_LOADED'

/**
 * Looks after what this process accepted: forgets what is committed, and offers the rest again to a ledger that was made anew, since
 * Redis may have lost it. To a ledger that takes offers first it says when it has nothing left to offer. Does nothing unless the stores
 * belong together.
 */
export function startOffering(
  {
    stores,
    accepted,
    watch,
  }: Pick<ApiContext, 'stores' | 'accepted'> & { watch: Pick<ApiContext['watch'], 'belonging'> },
  options: OfferingOptions,
): Offering {
  const { redis } = stores
  const { logger, ring, processName } = options
  /** Ledgers that were made anew, and have not heard from us. */
  const announced = new Map<number, AnnouncedLedger>()
  /** Items whose ledgers are asked again soon, since they took nothing. */
  const unoffered = new Set<number>()
  const toLookAt = new Set<number>()
  const inHand = new Set<number>()
  const losses = createLossTeller(stores, options)
  let announcedUpTo = '0'
  let lookedAtMs = 0
  /** How long we have listened since the ledgers that took nothing were asked again. */
  let sinceAskedMs = 0
  let isBusy = false
  let timer: NodeJS.Timeout | undefined

  function mayOffer(): boolean {
    return watch.belonging() === 'TOGETHER'
  }

  /** Resolves with the number of ledgers that were announced. */
  async function lookAtAll(): Promise<number> {
    const { ledgers, lastId } = await readAnnouncements(redis, announcedUpTo)
    announcedUpTo = lastId
    for (const ledger of ledgers) announced.set(ledger.itemId, ledger)
    if (performance.now() - lookedAtMs >= lookEveryMs) {
      lookedAtMs = performance.now()
      accepted.dropOld(Date.now())
      for (const itemId of accepted.itemIds) toLookAt.add(itemId)
    }
    for (const { itemId } of ledgers) toLookAt.add(itemId)
    if (sinceAskedMs >= listenEveryMs) {
      sinceAskedMs = 0
      for (const itemId of [...announced.keys(), ...unoffered]) toLookAt.add(itemId)
    }
    takeInHand()
    return ledgers.length
  }

  function takeInHand(): void {
    for (const itemId of toLookAt) {
      if (inHand.size >= itemsAtATimeMax || !mayOffer()) return
      toLookAt.delete(itemId)
      if (!inHand.has(itemId)) void lookAtItem(itemId)
    }
  }

  async function lookAtItem(itemId: number): Promise<void> {
    inHand.add(itemId)
    const ledger = announced.get(itemId)
    const offered = await offerWhatIsLeft(itemId).catch((): Offered => 'LATER')
    if (offered === 'LATER') unoffered.add(itemId)
    else unoffered.delete(itemId)
    // A ledger that does not hear it waits for its whole time.
    if (offered === 'OFFERED' && ledger) await noteOffered(redis, ledger, processName).catch(() => undefined)
    // To ask hundreds of missing ledgers again and again would be the load that delays their making.
    if (offered !== 'LATER' && announced.get(itemId) === ledger) announced.delete(itemId)
    inHand.delete(itemId)
    takeInHand()
  }

  /** 'OFFERED': the ledger of now knows all that is remembered of an item. */
  async function offerWhatIsLeft(itemId: number): Promise<Offered> {
    const batches = accepted.batchesOf(itemId)
    const last = accepted.writtenLast(itemId)
    if (!last) return 'OFFERED'
    const looked = await lookBack(redis, itemId, last)
    if (looked.kind === 'NOT_LOADED') return 'NOT_LOADED'
    if (looked.kind === 'WAITING') accepted.forgetCommitted(itemId, batches, last, looked)
    const isOfCurrentLedger = (batch: AcceptedBatchText) => looked.kind === 'WAITING' && isSameMaking(batch, last)
    const left = batches.filter((batch) => !isOfCurrentLedger(batch))
    const writes = looked.kind === 'STALE_EPOCH' ? accepted.knownWrites(itemId) : undefined
    let offered: Offered = 'OFFERED'
    for (const birth of new Set(left.map((batch) => batch.birth))) {
      const ofItem = left.filter((batch) => batch.birth === birth)
      if (!(await offer(itemId, birth, ofItem, writes))) offered = 'LATER'
    }
    return offered
  }

  async function offer(
    itemId: number,
    birth: string,
    batches: readonly AcceptedBatchText[],
    writes: KnownWrites | undefined,
  ): Promise<boolean> {
    const offered = batches.flatMap(acceptedOrdersOf)
    const adopted = await adoptOrders(stores, itemId, birth, offered)
    if (adopted === 'LATER') return false
    if (adopted === 'ANOTHER_ITEM') {
      accepted.forget(itemId, batches)
      void tellOfAnotherItem(stores.database, logger, itemId, birth, offered)
      return true
    }
    for (const { epoch, judged, orders } of adopted) {
      accepted.remember(itemId, { birth, epoch }, judged, orders)
      if (judged.entry) ring({ itemId, epoch, entryId: judged.entry.id, orderCount: orders.length })
    }
    accepted.forget(itemId, batches)
    void tellOffered(stores.database, logger, itemId, adopted)
    const [first] = adopted
    if (first && writes?.birth === birth) void losses.join(itemId, first.epoch, writes)
    return true
  }

  async function look(): Promise<number> {
    if (isBusy || redis.status !== 'ready' || !mayOffer()) return 0
    isBusy = true
    const heardCount = await lookAtAll().catch(() => 0)
    isBusy = false
    return heardCount
  }

  function listenIn(ms: number): void {
    timer = setTimeout(() => {
      sinceAskedMs += ms
      void look().then((heardCount) => {
        // It may have been closed meanwhile.
        if (timer) listenIn(heardCount > 0 ? listenAgainMs : listenEveryMs)
      })
    }, ms).unref()
  }

  listenIn(listenEveryMs)
  const lookAtOnce = () => {
    lookedAtMs = 0
    void look()
  }
  redis.on('ready', lookAtOnce)
  return {
    close() {
      clearTimeout(timer)
      timer = undefined
      redis.off('ready', lookAtOnce)
    },
  }
}
