import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@flash-sale/contract/client'
import type { ItemView } from '@flash-sale/contract/sales'
import type { Terminal } from '@flash-sale/local-stack/console/terminal'

/** Counts down to the opening of an item's sale, by the clock that opens it. Rejects when the signal is aborted. */
export async function untilOpen(
  client: Client,
  item: ItemView,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const time = await client.readTime()
    const leftMs = Date.parse(item.opensAt) - (time.ok ? Date.parse(time.value.now) : Date.now())
    if (leftMs <= 0) return
    terminal.busy(`opens in ${Math.ceil(leftMs / 1_000)} s`)
    await sleep(leftMs % 1_000 || 1_000, undefined, { signal })
  }
}
