import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ownPrismaFolder } from '@flash-sale/database/migration-files'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { guardsOf, unmarkedChecks, withoutGuard, type Guard } from './script-guards.ts'
import { testEveryGuard, type CollectedTest } from './test-every-guard.ts'

const functionsFolder = pathToFileURL(`${path.join(ownPrismaFolder, 'functions')}/`)

/** Replaces a SQL function of a test's database by its file without one guard, or by the unchanged file. */
export async function mutateFunction(databaseUrl: string, functionName: string, guard?: string): Promise<void> {
  const text = await readFile(fileURLToPath(new URL(`${functionName}.sql`, functionsFolder)), 'utf8')
  const sql = guard === undefined ? text : withoutGuard(text, guard)
  if (sql === undefined) throw new Error(`${functionName}.sql has no guard "${guard}"`)
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

function functionOf({ file }: Guard): string {
  return path.basename(file, '.sql')
}

/** Functions whose guards are convicted by the tests of their own file. `persist-orders.test.ts` convicts those of all others. */
const functionsWithOwnTests = ['end_orders', 'units_are_back'] as const

export interface GuardedFunctions {
  /** The functions that these tests convict. Default: those that have no tests of their own. */
  readonly functions?: readonly (typeof functionsWithOwnTests)[number][]
  readonly databaseUrl: () => string
  readonly tests: readonly CollectedTest[]
  /** Guards that another test file convicts. */
  readonly convictedElsewhere: readonly string[]
}

/** Registers the tests of `testEveryGuard` for the SQL functions, and one that each clause that swallows a conflict is a guard. */
export function testFunctionGuards({ functions, databaseUrl, tests, convictedElsewhere }: GuardedFunctions): void {
  const own: readonly string[] = functionsWithOwnTests
  const isOurs = (name: string) => (functions ? functions.some((one) => one === name) : !own.includes(name))
  test('each clause of a function that swallows a conflict is marked as a guard', () => {
    expect(unmarkedChecks(functionsFolder, '.sql')).toEqual([])
  })

  testEveryGuard({
    guards: guardsOf(functionsFolder, '.sql').filter(
      (guard) => isOurs(functionOf(guard)) && !convictedElsewhere.includes(guard.name),
    ),
    tests,
    withMutant: async (guard, work) => {
      if (guard) await mutateFunction(databaseUrl(), functionOf(guard), guard.name)
      try {
        await work()
      } finally {
        if (guard) await mutateFunction(databaseUrl(), functionOf(guard))
      }
    },
  })
}
