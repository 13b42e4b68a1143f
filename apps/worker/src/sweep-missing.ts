import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { readEpochs } from '@flash-sale/database/items'
import { suspendLedger } from '@flash-sale/stock/change-ledger'
import {
  addMissingItem,
  hasLedger,
  readLeftLedger,
  readMissingItems,
  removeMissingItem,
  scanLedgers,
} from '@flash-sale/stock/missing-items'
import type { Stores } from '@flash-sale/upkeep/stores'
import { keepNumbers } from '@flash-sale/upkeep/keep-numbers'
import type { Logger } from '@flash-sale/runtime/logger'
import type { Sweep } from './sweep.ts'

/**
 * The sweep of ledgers whose item is not in Postgres: it was restored from before the sale. They sell nothing until an operator restores
 * or discards the item. It walks over the keys of Redis, a step each look, and keeps the numbers that were given.
 */
export function createMissingSweep(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  logger: Pick<Logger, 'error' | 'info'>,
): Sweep {
  let cursor = '0'
  let mendedCount = 0
  const toldFar = new Set<number>()

  function tellOfFar(far: readonly number[]): void {
    const numbers = far.filter((number) => !toldFar.has(number))
    if (numbers.length === 0) return
    for (const number of numbers) toldFar.add(number)
    logger.error({ numbers }, 'Redis has numbers far above those of Postgres: they are not skipped')
  }

  async function report(itemId: number): Promise<void> {
    const ledger = await readLeftLedger(redis, itemId)
    if (!ledger) return
    await suspendLedger(redis, itemId, ledger)
    if (!(await addMissingItem(redis, itemId))) return
    const { total, available } = ledger
    logger.error({ itemId, total, available }, 'Redis has a ledger whose item is not in Postgres: it sells nothing')
    const detail = { why: 'ITEM_MISSING', total, available }
    await recordAuditEvent(database, { actor: 'worker', action: 'suspend', itemId, detail })
    mendedCount += 1
  }

  async function forgetIfDecided(itemId: number, isInPostgres: boolean): Promise<void> {
    if (!isInPostgres && (await hasLedger(redis, itemId))) return
    await removeMissingItem(redis, itemId)
    logger.info({ itemId }, 'an item that was missing in Postgres was restored or discarded')
  }

  return {
    async look() {
      const [step, reported] = await Promise.all([scanLedgers(redis, cursor), readMissingItems(redis)])
      tellOfFar(await keepNumbers(redis, database, step.itemIds))
      const inPostgres = await readEpochs(database, [...step.itemIds, ...reported])
      for (const itemId of step.itemIds) if (!inPostgres.has(itemId)) await report(itemId)
      for (const itemId of reported) await forgetIfDecided(itemId, inPostgres.has(itemId))
      cursor = step.cursor
      return { isLast: cursor === '0' }
    },
    get mendedCount() {
      return mendedCount
    },
    settled: async () => undefined,
  }
}
