import type { ItemAudit } from '@flash-sale/contract/ops'
import { openSale } from '@flash-sale/kit/open-sale'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import type { Api, Stack } from '../stack.ts'

/** No slice sells as many. */
const totalDefault = 10_000_000
const purchaseLimit = 1_000

/** Items that can be ordered now, in a sale of their own. Resolves to their ids. */
export async function openItems({ client }: Api, count: number, total = totalDefault): Promise<number[]> {
  const item = { total, purchaseLimit }
  const sale = await openSale(client, { name: 'Bench', items: Array.from({ length: count }, () => item) })
  return sale.items.map(({ itemId }) => itemId)
}

export async function openItem(api: Api, total?: number): Promise<number> {
  const [itemId] = await openItems(api, 1, total)
  return itemId!
}

/** Fails unless exactly this number of units was sold and the audit balances, since a fast oversell is no result. */
export async function requireSold({ client }: Api, itemIds: readonly number[], soldCount: number): Promise<void> {
  let sold = 0
  for (const itemId of itemIds) {
    const audit = await client.auditItem(itemId)
    if (!audit.ok) throw new Error(`item ${itemId} could not be audited: ${audit.problem.detail}`)
    if (!audit.value.balanced) throw new Error(`item ${itemId} is out of balance: ${faultsOf(audit.value)}`)
    sold += audit.value.total - audit.value.available
  }
  if (sold !== soldCount) throw new Error(`${soldCount} orders were accepted, and ${sold} units sold`)
}

/** Units in Postgres; the bench sells them one at a time, so orders too. */
export async function countPersisted({ postgres }: Stack, itemId: number): Promise<number> {
  const { rows } = await postgres.query('SELECT persisted FROM sale_items WHERE id = $1', [itemId])
  return Number(rows[0].persisted)
}

function faultsOf({ oversold, undersold, duplicates, limitBreaches }: ItemAudit): string {
  return JSON.stringify({ oversold, undersold, duplicates, limitBreaches })
}

/** Ledgers of the last slice, whose processes may still look whether their orders are committed. */
const lastForgotten = new WeakMap<Stack['redis'], string[]>()

/**
 * Removes audited items from both stores, so that the next slice finds the same stores. Their ledgers stay for one slice more, with an
 * empty outbox: so a process sees that all it accepted is committed, and forgets it. Otherwise it would ask for the lost ledger from then on.
 */
export async function forgetItems({ redis, postgres }: Stack, itemIds: readonly number[]): Promise<void> {
  const keys = itemIds.map(ledgerKeys)
  await unlink(redis, [...keys.map(({ outbox }) => outbox), ...(lastForgotten.get(redis) ?? [])])
  lastForgotten.set(
    redis,
    keys.flatMap((ofItem) => Object.values(ofItem)),
  )
  await postgres.query('DELETE FROM sale_items WHERE id = ANY($1)', [itemIds])
  await postgres.query('DELETE FROM sales WHERE NOT EXISTS (SELECT FROM sale_items WHERE sale_id = sales.id)')
}

/** Removes what the last slice left, since a worker would report ledgers whose items are gone. */
export async function removeLastLedgers({ redis }: Pick<Stack, 'redis'>): Promise<void> {
  await unlink(redis, lastForgotten.get(redis) ?? [])
  lastForgotten.delete(redis)
}

async function unlink(redis: Stack['redis'], keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await redis.unlink(...keys)
}
