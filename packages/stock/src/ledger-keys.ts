/** The Redis keys of one item. One hash tag, so that all of them share a Cluster slot and one script may touch them. */
export interface LedgerKeys {
  readonly ledger: string
  readonly buyers: string
  readonly orders: string
  readonly outbox: string
  readonly lock: string
}

/** Names the keys of an item's ledger. The lock is the one that `packages/lock` takes under the name `item:ID`. */
export function ledgerKeys(itemId: number): LedgerKeys {
  const tag = `{item:${itemId}}`
  return {
    ledger: `${tag}:ledger`,
    buyers: `${tag}:buyers`,
    orders: `${tag}:orders`,
    outbox: `${tag}:outbox`,
    lock: `${tag}:lock`,
  }
}

/** Which deployment this Redis belongs to: see docs/ledger.md. */
export const deploymentKey = '{flash-sale}:deployment'

/** The name under which an item's exclusive lease is taken. */
export function itemLockName(itemId: number): string {
  return `item:${itemId}`
}
