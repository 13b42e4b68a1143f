import { setTimeout as sleep } from 'node:timers/promises'

const everyMs = 1_000

/**
 * Notes items whose ledger could not be believed, and has the sweep look at them again: one of them may be settled, and then nobody
 * else would find that Redis lost its ledger. However often an item is noted, one statement a second is sent, one at a time.
 */
export function createUnsettler(unsettle: (itemIds: readonly number[]) => Promise<void>): (itemId: number) => void {
  const noted = new Set<number>()
  let isBusy = false

  async function unsettleNoted(): Promise<void> {
    isBusy = true
    while (noted.size > 0) {
      const itemIds = [...noted]
      noted.clear()
      // Where that failed, the next answer without a ledger notes the item again.
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
