import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { expect, onTestFinished, test } from 'vitest'
import { contention } from './faults/process-faults.ts'
import { openGround } from './ground/ground.ts'
import { runTrial } from './run-trial.ts'
import { openSellerPool } from './seller/seller-pool.ts'
import type { Seller } from './seller/seller.ts'

test('a trial leaves the processes alone that it gave back, since another trial may use them already', async () => {
  const runFolder = await createRunFolder()
  onTestFinished(() => runFolder.remove())
  const { signal } = new AbortController()
  const ground = await openGround({ runFolder, onProgress: () => undefined, signal, withZooKeeper: false })
  onTestFinished(() => ground.stop())
  const pool = openSellerPool(runFolder, 3)
  onTestFinished(() => pool.stop())
  const givenBack: Seller[] = []
  const handOver = (seller: Seller) => {
    givenBack.push(seller)
    // As the next trial does at once.
    seller.listener = () => undefined
  }
  const trial = {
    strategy: '../checker/planted/is-right.fixture',
    books: 'redis with orders',
    fault: contention,
    withMasters: false,
    expected: [],
  } as const
  await runTrial(trial, { ground, pool: { ...pool, giveBack: handOver }, seed: 1, signal })
  expect(givenBack.map((seller) => seller.isAlive())).toEqual([true, true, true])
})
