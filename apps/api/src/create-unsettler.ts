import { setTimeout as sleep } from 'node:timers/promises'

const everyMs = 1_000

/**
 * Notes items whose ledger cannot be trusted, and makes the sweep look at them again. Such an item may be settled, and then nobody else
 * would find that Redis lost its ledger. At most one statement a second is sent, however often items are noted.
 */
export function createUnsettler(unsettle: (itemIds: readonly number[]) => Promise<void>): (itemId: number) => void {
  const noted = new Set<number>()
  let isBusy = false

  async function unsettleNoted(): Promise<void> {
    isBusy = true
    while (noted.size > 0) {
      const itemIds = [...noted]
      noted.clear()
      // If the statement fails, the next request that finds no ledger notes the item again.
      await unsettle(itemIds).catch(() => undefined)
      await sleep(everyMs, undefined, { ref: false })
    }
    isBusy = false
  }

  return (itemId) => {
    noted.add(itemId)
    if (!isBusy) void unsettleNoted()
  }
}
