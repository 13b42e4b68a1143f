import { parseArgs } from 'node:util'
import { runMain } from '@flash-sale/runtime/run-main'
import { StartupError } from '@flash-sale/runtime/startup-error'
import type { Stores } from './stores.ts'
import { discardMissingItem, findMissingItems, restoreMissingItem, type MissingItem } from './missing-items.ts'
import { onStores } from './on-stores.ts'

const usage =
  'Say `pnpm missing-items` for a list, `pnpm missing-items restore ITEM` or `pnpm missing-items discard ITEM`'

/** Shows the items that Redis knows and Postgres does not, restores one from its ledger, or moves it aside. */
async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const [act, number] = positionals
  const itemId = Number(number)
  const isAct = act === 'restore' || act === 'discard'
  if (positionals.length > 2 || (act !== undefined && !(isAct && Number.isInteger(itemId))))
    throw new StartupError(usage)
  await onStores(async (stores) => {
    if (act === undefined) await list(stores)
    else console.log(await (act === 'restore' ? restore(stores, itemId) : discard(stores, itemId)))
  })
}

async function list(stores: Stores): Promise<void> {
  const items = await findMissingItems(stores)
  if (items.length === 0) console.log('Every item that Redis knows is in Postgres.')
  for (const item of items) console.log(describe(item))
  if (items.length > 0) console.log(`They sell nothing until they are restored or discarded. ${usage}.`)
}

function describe(item: MissingItem): string {
  const { itemId, saleId, total, available, purchaseLimit, state, orderCount, entryCount } = item
  const [opensAt, closesAt] = [item.opensAtMs, item.closesAtMs].map((ms) =>
    Number.isFinite(ms) ? new Date(ms).toISOString() : 'unknown',
  )
  return [
    `item ${itemId} of sale ${saleId ?? 'unknown'}: ${orderCount} orders, ${entryCount} outbox entries`,
    `  ${available} of ${total} units left, limit ${purchaseLimit}, ${state}, from ${opensAt} to ${closesAt}`,
  ].join('\n')
}

async function restore(stores: Stores, itemId: number): Promise<string> {
  const restored = await restoreMissingItem(stores, itemId)
  switch (restored.kind) {
    case 'RESTORED':
      return `Item ${itemId} is in sale ${restored.saleId} again${restored.isSaleNew ? ', which was made anew' : ''}. The worker makes its orders rows. Its name, SKU and price are not known: correct them in the table sale_items.`
    case 'NOT_WHOLE':
      return `The ledger of item ${itemId} does not say enough to restore the item. Restore its row by hand, or discard it.`
    default:
      restored.kind satisfies 'NOT_MISSING'
      return `Item ${itemId} is not missing.`
  }
}

async function discard(stores: Stores, itemId: number): Promise<string> {
  const aside = await discardMissingItem(stores, itemId)
  if (aside === 'NOT_MISSING') return `Item ${itemId} is not missing.`
  return `Moved to ${aside.prefix}*: ${aside.orderCount} orders and ${aside.entryCount} outbox entries. Nothing was deleted.`
}

await runMain(main)
