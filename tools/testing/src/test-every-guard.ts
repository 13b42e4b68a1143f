import type { Redis } from 'ioredis'
import { afterAll, describe, expect, test } from 'vitest'
import { installScripts } from './mutate-script.ts'
import { guardsOf, luaWithoutGuard, scriptsOf, unmarkedChecks, type Guard } from './script-guards.ts'

export interface CollectedTest {
  readonly title: string
  readonly body: () => Promise<void>
}

/** The tests that `collectTests` gave, or those of several calls. They are complete when the first test runs. */
export type CollectedTests = readonly (CollectedTest | readonly CollectedTest[])[]

/** A `test` that also keeps what it is given, to be run again on mutants. `before` runs before each. */
export function collectTests(before: () => Promise<void> = async () => {}): {
  test: (title: string, body: () => Promise<void>) => void
  tests: CollectedTest[]
} {
  const tests: CollectedTest[] = []
  const collect = (title: string, body: () => Promise<void>) => {
    const whole = async () => {
      await before()
      await body()
    }
    tests.push({ title, body: whole })
    test(title, whole)
  }
  return { test: collect, tests }
}

export interface GuardedCode {
  readonly guards: readonly Guard[]
  readonly tests: CollectedTests
  /** Runs `work` on the code without this guard, or on the unchanged code, put in place the same way. */
  readonly withMutant: (guard: Guard | undefined, work: () => Promise<void>) => Promise<void>
}

/**
 * Registers a test for each guard, which runs the collected tests without that guard until one of them fails, and fails when none does.
 * Prints which test convicted which mutant.
 */
export function testEveryGuard({ guards, tests, withMutant }: GuardedCode): void {
  const rows: string[][] = [['GUARD', 'IN', 'CONVICTED BY']]
  let inOrder: readonly CollectedTest[] | undefined

  async function firstFailing(guard?: Guard): Promise<string | undefined> {
    inOrder ??= tests.flat()
    let failed: CollectedTest | undefined
    await withMutant(guard, async () => {
      for (const one of inOrder!) {
        failed = await one.body().then(
          () => undefined,
          () => one,
        )
        if (failed) return
      }
    })
    // Guards of one file stand side by side, and the test that convicts one of them often convicts the next.
    if (failed) inOrder = [failed, ...inOrder.filter((one) => one !== failed)]
    return failed?.title
  }

  describe('every guard is needed', () => {
    test('each guard of a file has its own name', () => {
      const names = guards.map(({ file, name }) => `${file}: ${name}`)
      expect(new Set(names).size).toBe(names.length)
      expect(names.length).toBeGreaterThan(0)
    })

    test('the unchanged code, put in place as the mutants are, fails no test', async () => {
      expect(await firstFailing()).toBeUndefined()
    })

    for (const guard of guards) {
      const { file, name } = guard
      test(`mutant: ${file} without the guard "${name}" fails a test`, async () => {
        const convictedBy = await firstFailing(guard)
        rows.push([name, file, convictedBy ?? 'NO TEST'])
        expect(convictedBy, 'no test fails without it').toBeDefined()
      })
    }
  })

  afterAll(() => console.log(tableOf(rows)))
}

export interface GuardedScripts {
  /** Holds the Lua scripts. */
  readonly folder: URL
  /** What the names of the scripts begin with. */
  readonly prefix?: string
  readonly tests: CollectedTests
  /** The connection that the tests use. */
  readonly connection: () => Redis
  /** Makes the tests use another connection. */
  readonly use: (connection: Redis) => void
}

/** Registers the tests of `testEveryGuard` for the Lua scripts of a folder, and one that each line that says no is a guard. */
export function testScriptGuards({ folder, prefix, tests, connection, use }: GuardedScripts): void {
  const scripts = scriptsOf(folder, prefix)

  test('each line of a script that says no is marked as a guard', () => {
    expect(unmarkedChecks(folder, '.lua')).toEqual([])
  })

  testEveryGuard({
    guards: guardsOf(folder, '.lua'),
    tests,
    withMutant: async (guard, work) => {
      const texts = scripts.flatMap((script) => {
        const lua = guard ? luaWithoutGuard(script.file, guard.name, guard.file) : script.lua
        return lua === undefined ? [] : [{ ...script, lua }]
      })
      const real = connection()
      const mutant = real.duplicate()
      try {
        await installScripts(mutant, texts)
        use(mutant)
        await work()
      } finally {
        use(real)
        mutant.disconnect()
      }
    },
  })
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
  return lines.map((line) => line.trimEnd()).join('\n')
}
