import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { useCompiledApps } from '@flash-sale/testing/compiled-apps'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { stepsFor, type FigureName } from './figures.ts'
import type { Settings } from './ground.ts'
import { judge } from './judge.ts'
import { pageOf } from './results/page.ts'
import { measureAll } from './run-bench.ts'

const settings: Settings = {
  rounds: 1,
  warmUpRounds: 0,
  sliceMs: 200,
  connections: 8,
  newBuyers: 64,
  arrivals: 16,
  starts: 1,
  sustainedMs: 500,
  ledgerSizes: [100],
  ordersOfSize: 64,
  persistedRows: 500,
}

beforeAll(useCompiledApps, 200_000)

test(
  'a run of the smallest size measures its figures, audits what it sold, and makes a page of it',
  { timeout: 120_000 },
  async () => {
    const figures = new Set<FigureName>(['accept', 'typical', 'lock', 'distinct', 'storm', 'token', 'end'])
    const runFolder = await createRunFolder()
    onTestFinished(() => runFolder.remove())
    const quiet = { begin: () => undefined, say: () => undefined, line: () => undefined, stop: () => undefined }
    const command = { figures, settings, isWhole: false }
    const { signal } = new AbortController()
    const { measured, machine } = await measureAll(stepsFor(figures, settings), {
      command,
      runFolder,
      progress: quiet,
      signal,
    })

    expect(Object.keys(measured.pressed)).toEqual(['bare', 'bareWithToken', 'accept', 'distinct', 'typical'])
    expect(measured.pressed.accept!.ofBare.median).toBeGreaterThan(0)
    expect(measured.nullPair.rate.median).toBeGreaterThan(0)
    const judged = judge(measured, figures)
    expect(judged.map(({ verdict }) => verdict)).not.toContain('not measured')
    const page = pageOf({ at: new Date().toISOString(), machine, settings, judged, measured })
    expect(page).toContain('accept: accepted orders, of the bare server with a token check')
    expect(page).toContain('(e) typical design')
    expect(page).toContain('(t) Orders ended')
    expect(Object.keys(measured.lock!.libraries)).toEqual(['ours', 'redlock', 'redlock-universal', 'redis-semaphore'])
    expect(page).toContain('(m) What each of these locks gives')
  },
)
