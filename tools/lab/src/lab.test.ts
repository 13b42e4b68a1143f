import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { findChromium } from '@flash-sale/local-stack/chromium/find-chromium'
import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { chromium } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Finding } from './checker/judge.ts'
import type { Fault } from './faults/stage.ts'
import { contention, pausedUntilAnotherRead } from './faults/process-faults.ts'
import { field, type Row } from './field.ts'
import type { Books } from './ground/books.ts'
import { pageOf } from './page/page.ts'
import { isAsExpected, runLab, type LabResults } from './run-lab.ts'

const nothing: Fault = {
  id: 'nothing',
  kind: 'contention',
  title: { en: 'nothing strikes', zh: '什么也没发生' },
  needs: 'nothing',
  strike: async () => undefined,
}

const faultOf: Readonly<Record<string, Fault>> = {
  'is-right': contention,
  'fences-late': pausedUntilAnotherRead('after it read the stock'),
}

function planted(name: string, books: Books, ...findings: Finding[]): Row {
  const faults = [{ fault: faultOf[name] ?? nothing, findings }]
  return { id: `../checker/planted/${name}.fixture`, title: name, books, isSafe: findings.length === 0, faults }
}

const plantedRows = [
  planted('sells-twice', 'redis', 'oversold'),
  planted('sells-none', 'redis', 'undersold'),
  planted('hangs', 'redis', 'stuck'),
  planted('loses', 'redis with orders', 'lost'),
  planted('fences-late', 'redis with orders', 'oversold', 'two holders'),
  planted('is-right', 'redis with orders'),
]

function few(id: string, faultCount: number): Row {
  const row = field.find((one) => one.id === id)!
  return { ...row, faults: row.faults.slice(0, faultCount) }
}

const shortField = [
  few('no-lock', 1),
  few('setnx-del', 1),
  few('watchdog', 1),
  few('watch-multi', 9),
  few('postgres-version', 2),
]

async function run(rows: readonly Row[], loadRounds: number): Promise<LabResults> {
  const runFolder = await createRunFolder()
  const progress = { begin: () => undefined, done: () => undefined, line: () => undefined }
  const { signal } = new AbortController()
  try {
    return await runLab({ rows, seed: 1, loadRounds, runFolder, progress, signal })
  } finally {
    await runFolder.remove()
  }
}

describe('the lab, in short', () => {
  let results: LabResults
  beforeAll(async () => {
    results = await run([...shortField, ...plantedRows], 0)
  })

  test.each(shortField.map((row) => [row.title, row] as const))('%s: every verdict is the expected one', (_, row) => {
    const { trials } = results.rows.find(({ id }) => id === row.id)!
    const found = trials.map(({ verdict }) => [verdict.isSafe, verdict.findings])
    expect(found).toEqual(row.faults.map(({ findings }) => [row.isSafe, findings]))
  })

  test.each(plantedRows.map((row) => [row.title, row] as const))(
    'the planted strategy that %s gets its verdict',
    (_, row) => {
      const [trial] = results.rows.find(({ id }) => id === row.id)!.trials
      expect(trial!.verdict).toMatchObject({ findings: row.faults[0]!.findings, isSafe: row.isSafe })
    },
  )

  test('a verdict that is not the expected one makes the whole run fail', () => {
    expect(isAsExpected(results)).toBe(true)
    const [first, ...others] = results.rows
    const trials = first!.trials.map((trial) => ({ ...trial, isAsExpected: false }))
    expect(isAsExpected({ ...results, rows: [{ ...first!, trials }, ...others] })).toBe(false)
  })

  test('the page shows it in both languages, asks nobody for anything, and fits a phone', async ({ skip }) => {
    const found = await findChromium()
    if (found.kind === 'NOT_FOUND') return skip(found.why)
    const folder = await mkdtemp(path.join(tmpdir(), 'lab-page-'))
    const browser = await chromium.launch({
      executablePath: found.command,
      env: { ...process.env, ...found.env } as Record<string, string>,
      args: ['--no-sandbox'],
    })
    try {
      const file = path.join(folder, 'lab.html')
      const told = results.rows.filter(({ id }) => field.some((row) => row.id === id))
      await writeFile(file, await pageOf({ ...results, rows: told }))
      const page = await browser.newPage({ viewport: { width: 360, height: 780 }, locale: 'en-US' })
      const asked: string[] = []
      const errors: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      page.on('pageerror', (error) => errors.push(error.message))
      await page.goto(pathToFileURL(file).href)
      for (const [button, sentence] of [
        ['English', 'A timer in the process extends the lease again and again'],
        ['中文', '进程里的一个定时器不断给租约续期'],
      ] as const) {
        await page.getByRole('button', { name: button }).click()
        expect(await page.locator('#watchdog .story').innerText()).toContain(sentence)
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
      }
      const cutOff = `[...document.querySelectorAll('pre')].filter((code) => code.scrollWidth > code.clientWidth).length`
      expect(await page.evaluate(cutOff)).toBe(0)
      const clipped = `[...document.querySelectorAll('.timeline li')].filter((li) => li.scrollHeight > li.clientHeight + 1).length`
      expect(await page.evaluate(clipped)).toBe(0)
      expect(await page.locator('#watchdog svg .hold').count()).toBeGreaterThan(1)
      expect(await page.locator('#watchdog svg .pause').count()).toBe(1)
      expect(await page.locator('#watchdog svg .both').count()).toBeGreaterThan(0)
      expect(asked).toEqual([pathToFileURL(file).href])
      expect(errors).toEqual([])
    } finally {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    }
    return undefined
  })
})
