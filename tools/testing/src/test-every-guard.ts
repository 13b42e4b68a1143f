import type { LuaScript } from '@flash-sale/runtime/lua-script'
import { afterAll, describe, expect, test } from 'vitest'
import { guardsOf, luaWithoutGuard, scriptsOf, unmarkedChecks } from './script-guards.ts'

export interface CollectedTest {
  readonly title: string
  readonly body: () => Promise<void>
}

/** A `test` that also keeps what it is given, to be run again on mutants. */
export function collectTests(): { test: (title: string, body: () => Promise<void>) => void; tests: CollectedTest[] } {
  const tests: CollectedTest[] = []
  const collect = (title: string, body: () => Promise<void>) => {
    tests.push({ title, body })
    test(title, body)
  }
  return { test: collect, tests }
}

export interface EveryGuard {
  /** Holds the Lua scripts. */
  readonly folder: URL
  /** What the names of the scripts begin with. */
  readonly prefix?: string
  readonly tests: readonly CollectedTest[]
  /** Runs `work` while the tests use a connection that runs these texts. */
  readonly withScripts: (scripts: readonly LuaScript[], work: () => Promise<void>) => Promise<void>
}

/**
 * Registers a test for each guard of a folder's scripts, which runs the collected tests without that guard until one of them fails, and
 * fails when none does. Prints which test convicted which mutant.
 */
export function testEveryGuard({ folder, prefix, tests, withScripts }: EveryGuard): void {
  const scripts = scriptsOf(folder, prefix)
  const guards = guardsOf(folder)
  const rows: string[][] = [['GUARD', 'IN', 'CONVICTED BY']]

  async function firstFailing(changed: readonly LuaScript[]): Promise<string | undefined> {
    let failed: string | undefined
    await withScripts(changed, async () => {
      for (const { title, body } of tests) {
        failed = await body().then(
          () => undefined,
          () => title,
        )
        if (failed !== undefined) return
      }
    })
    return failed
  }

  describe('every guard of a script is needed', () => {
    test('each line that says no is marked as a guard, and each guard of a file has its own name', () => {
      expect(unmarkedChecks(folder)).toEqual([])
      const names = guards.map(({ file, name }) => `${file}: ${name}`)
      expect(new Set(names).size).toBe(names.length)
      expect(names.length).toBeGreaterThan(0)
    })

    test('the unchanged scripts, put in place as the mutants are, fail no test', async () => {
      expect(await firstFailing(scripts)).toBeUndefined()
    })

    for (const { file, name } of guards) {
      test(`mutant: ${file} without the guard "${name}" fails a test`, async () => {
        const mutants = scripts.flatMap((script) => {
          const lua = luaWithoutGuard(script.file, name, file)
          return lua === undefined ? [] : [{ ...script, lua }]
        })
        const convictedBy = await firstFailing(mutants)
        rows.push([name, file, convictedBy ?? 'NO TEST'])
        expect(convictedBy, 'no test fails without it').toBeDefined()
      })
    }
  })

  afterAll(() => console.log(tableOf(rows)))
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
