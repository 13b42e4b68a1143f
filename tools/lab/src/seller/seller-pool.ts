import type { RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startSeller, type Seller } from './seller.ts'

/** Selling processes, started before they are needed. Processes that a fault killed are replaced in the background. */
export interface SellerPool {
  readonly take: (count: number) => Promise<Seller[]>
  /** Takes back a process whose shop is closed, for the next trial. */
  readonly giveBack: (seller: Seller) => void
  readonly stop: () => Promise<void>
}

export function openSellerPool(runFolder: RunFolder, size: number): SellerPool {
  const idle: Promise<Seller>[] = []
  const all = new Set<Promise<Seller>>()
  let isStopping = false
  const start = () => {
    const starting = startSeller(runFolder)
    // The caller who takes the process gets the failure.
    starting.catch(() => undefined)
    all.add(starting)
    idle.push(starting)
  }
  for (let i = 0; i < size; i += 1) start()
  return {
    async take(count) {
      while (idle.length < count) start()
      const taken = await Promise.all(idle.splice(0, count))
      if (!isStopping && idle.length === 0) start()
      return taken
    },
    giveBack(seller) {
      if (seller.isAlive()) idle.unshift(Promise.resolve(seller))
    },
    async stop() {
      isStopping = true
      const started = await Promise.allSettled(all)
      await Promise.all(started.map(async (result) => result.status === 'fulfilled' && result.value.stop()))
    },
  }
}
