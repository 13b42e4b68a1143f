import { testScriptGuards } from '@flash-sale/testing/test-every-guard'
import { believedTests } from './ledger-guards/believed.fixture.ts'
import { reserveTests } from './ledger-guards/reserve.fixture.ts'
import { outboxTests } from './ledger-guards/outbox.fixture.ts'
import { changeTests } from './ledger-guards/change.fixture.ts'
import { settleTests } from './ledger-guards/settle.fixture.ts'
import { offersFirstTests } from './ledger-guards/offers-first.fixture.ts'
import { lookBackTests } from './ledger-guards/look-back.fixture.ts'
import { rebuildTests } from './ledger-guards/rebuild.fixture.ts'
import { toldLossesTests } from './ledger-guards/told-losses.fixture.ts'
import { anotherItemTests } from './ledger-guards/another-item.fixture.ts'
import { redis, useConnection } from './ledger-guards/guarded-ledger.fixture.ts'

// All rooms share one Redis. Their tests run on the real scripts, and again on mutants.
testScriptGuards({
  folder: new URL('.', import.meta.url),
  tests: [
    believedTests,
    reserveTests,
    outboxTests,
    changeTests,
    settleTests,
    offersFirstTests,
    lookBackTests,
    rebuildTests,
    toldLossesTests,
    anotherItemTests,
  ],
  connection: () => redis,
  use: useConnection,
})
