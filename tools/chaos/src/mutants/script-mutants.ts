import path from 'node:path'
import type { Conviction } from './conviction.ts'
import type { RanTest } from './vitest-run.ts'

/** Each takes the guards out of the files beside it, one at a time, or shows that the history checker convicts what comes of it. */
export const scriptMutantFiles: readonly string[] = [
  'apps/api/src/orders/place-order-on-failing-stores.test.ts',
  'apps/api/src/orders/read-order.test.ts',
  'apps/worker/src/drain-item.test.ts',
  'apps/worker/src/guards.test.ts',
  'apps/worker/src/payments/start-payments.test.ts',
  'packages/database/src/end-orders.test.ts',
  'packages/database/src/feed/feed-horizon.test.ts',
  'packages/database/src/payments.model.test.ts',
  'packages/database/src/payments.test.ts',
  'packages/database/src/persist-orders.test.ts',
  'packages/lock/src/deduplicate/deduplicate-guards.test.ts',
  'packages/lock/src/lease-guards.test.ts',
  'packages/lock/src/redlock/redlock-guards.test.ts',
  'packages/lock/src/semaphore/semaphore-guards.test.ts',
  'packages/reports/src/drop-record.test.ts',
  'packages/stock/src/ledger-guards.test.ts',
  'packages/upkeep/src/ended-orders.model.test.ts',
  'packages/upkeep/src/rebuild-against-persist.test.ts',
]

const guardTitle = /^mutant: (\S+) without the guard "(.+)" fails a test$/

/** What the tests of guards found: one conviction for each guard, and one for each mutant that a test makes by itself. */
export function scriptMutants({ tests, printed }: { tests: readonly RanTest[]; printed: string }): Conviction[] {
  const convictors = convictorsIn(printed)
  const ran = tests.filter(({ status }) => status === 'passed' || status === 'failed')
  const broken = ran.find(({ title, status }) => !title.startsWith('mutant') && status === 'failed')
  if (broken) throw new Error(`${broken.file}: "${broken.title}" fails without any mutant`)
  return ran
    .filter(({ title }) => title.startsWith('mutant'))
    .map(({ file, ancestors, title, status }) => {
      const [, guardFile, name] = guardTitle.exec(title) ?? []
      const isConvicted = status === 'passed'
      if (guardFile === undefined || name === undefined)
        return {
          guard: [...ancestors, title].join(': '),
          file,
          convictedBy: isConvicted ? path.basename(file) : undefined,
        }
      const by = convictors.get(`${guardFile}: ${name}`) ?? title
      return { guard: name, file: guardFile, convictedBy: isConvicted ? `${path.basename(file)}: ${by}` : undefined }
    })
}

/** The tables that the tests print: which test failed first without each guard. */
function convictorsIn(printed: string): Map<string, string> {
  const rows = printed.split('\n').map((line) => line.trim().split(/\s{2,}/))
  return new Map(rows.flatMap(([name, file, title, more]) => (title && !more ? [[`${file}: ${name}`, title]] : [])))
}
