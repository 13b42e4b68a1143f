import { copyFaults } from './copy-faults.ts'
import { dataFaults } from './data-faults.ts'
import type { Fault } from './fault.ts'
import { longPauseFaults } from './long-pause-faults.ts'
import { manyOrdersFaults } from './many-orders-faults.ts'
import { postgresFaults } from './postgres-faults.ts'
import { processFaults } from './process-faults.ts'
import { redisFaults } from './redis-faults.ts'

export const allFaults: readonly Fault[] = [
  ...processFaults,
  ...redisFaults,
  ...postgresFaults,
  ...dataFaults,
  ...copyFaults,
  ...manyOrdersFaults,
  ...longPauseFaults,
]
