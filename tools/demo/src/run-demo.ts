import { randomBytes } from 'node:crypto'
import { createClient } from '@flash-sale/contract/client'
import type { ItemAudit } from '@flash-sale/contract/ops'
import { directConfig } from '@flash-sale/database/postgres-address'
import { auditItems } from '@flash-sale/kit/audit-items'
import { createSale, openSale, untilOpen, type CreatedSale } from '@flash-sale/kit/open-sale'
import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startStack, type Stack } from '@flash-sale/local-stack/start-stack'
import { Client as Postgres } from 'pg'
import { createAppLog } from '@flash-sale/local-stack/console/app-log'
import { appSettings, givenStores, readDemoEnv, type Secrets } from '@flash-sale/local-stack/console/app-settings'
import { startSimulatedPayments, type SimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { auditHolds, auditSale, type SaleAudit } from './audit-sale.ts'
import { readPersisted } from './count-orders.ts'
import { watchMoney } from './demo-money.ts'
import { makePages } from '@flash-sale/local-stack/console/make-pages'
import { printAudit } from './print-audit.ts'
import { dashboardOf, printTryIt } from '@flash-sale/local-stack/console/print-try-it'
import { reportStep } from '@flash-sale/local-stack/console/report-step'
import { connectionCount, runStorm } from './storm.ts'
import { showStormProgress } from './storm-progress.ts'
import { sayWhatBuyersDid } from './say-what-buyers-did.ts'
import { createStormTally } from './storm-tally.ts'
import { count, reportDone, type Terminal } from '@flash-sale/local-stack/console/terminal'
import { untilAppEnds } from './until-app-ends.ts'
import { untilEnter } from './until-enter.ts'

export interface DemoOptions {
  readonly unitCount: number
  readonly buyerCount: number
  /** Whether the service stays up after the audit, until Ctrl-C. */
  readonly staysUp: boolean
}

interface Running {
  readonly stack: Stack
  readonly payments: SimulatedPayments
  readonly secrets: Secrets
  /** The address of the shop; undefined if the pages could not be built. */
  readonly pagesUrl: string | undefined
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

const purchaseLimit = 2
const tryItUnitCount = 100
/** Short, so that what nobody pays comes back while buyers are there. A person who tries the shop gets a little longer. */
const payWithinSeconds = { once: 4, watched: 10 }
/** Gives a person time to open the addresses before the sale opens. */
const opensInMs = 10_000
/** Buyers come within this time, so that a person can watch the sale. */
const watchableMs = 15_000
const statementTimeoutMs = 10_000

/** Starts missing stores and the apps, runs a sale, audits it, and stops everything. Resolves with the exit code: 0 if the audit holds, else 1. */
export async function runDemo(options: DemoOptions, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { line, paint } = terminal
  const env = readDemoEnv()
  line()
  line(
    `  ${paint('bold', 'Flash sale')}: ${count(options.unitCount)} units, ${count(options.buyerCount)} buyers, one button`,
  )
  line()
  const run = await createRunFolder({ onProgress: (text) => line(`    ${text}`) })
  const payments = await startSimulatedPayments()
  try {
    signal.throwIfAborted()
    const secrets = { jwtSecret: randomBytes(32).toString('hex'), opsKey: randomBytes(24).toString('hex') }
    const appLog = createAppLog(terminal)
    const hasPages = await makePages(terminal, signal)
    signal.throwIfAborted()
    terminal.busy('starting Redis and Postgres')
    const stack = await startStack({
      ...givenStores(env),
      dataDir: run.path,
      recordPid: run.recordPid,
      ...appSettings(env, secrets, payments, 'warn'),
      signal,
      onProgress: (text) => line(`    ${text}`),
      onStep: (step) => reportStep(terminal, step, appLog),
      onLine: appLog.write,
    })
    payments.tellTo(stack.api.url)
    try {
      return await untilAppEnds(stack, signal, (running) =>
        showAndSell(options, {
          stack,
          payments,
          secrets,
          pagesUrl: hasPages ? `${stack.api.url}/` : undefined,
          terminal,
          signal: running,
        }),
      )
    } finally {
      terminal.busy('stopping everything')
      await stack.stop()
    }
  } finally {
    await payments.close()
    await run.remove()
    line(signal.aborted ? '  Stopped. Nothing that was started here is left behind.' : '')
  }
}

async function showAndSell(options: DemoOptions, running: Running): Promise<number> {
  const { stack, terminal, signal, pagesUrl } = running
  const { opsKey } = running.secrets
  const client = createClient({ baseUrl: stack.api.url, opsKey })
  if (pagesUrl !== undefined) {
    reportDone(terminal, 'Shop', pagesUrl)
    reportDone(terminal, 'Dashboard', `${dashboardOf(pagesUrl)}  ${terminal.paint('dim', `sign in with ${opsKey}`)}`)
  }
  let exitCode = await sellAndAudit(options, running, 1)
  if (!options.staysUp) return exitCode
  signal.throwIfAborted()
  const own = await openSale(
    client,
    { name: 'Your own drop', items: [{ total: tryItUnitCount, purchaseLimit }] },
    signal,
  )
  terminal.line()
  terminal.line('  Everything stays up until you press Ctrl-C:')
  terminal.line()
  await printTryIt(client, { apiUrl: stack.api.url, pagesUrl, opsKey, item: own.item, buyer: 'you' }, terminal)
  for (let round = 2; ; round += 1) {
    terminal.line(`  ${terminal.paint('bold', 'Enter')} opens another sale like the first and sends its buyers.`)
    if (!(await untilEnter(signal))) return exitCode
    exitCode = Math.max(exitCode, await sellAndAudit(options, running, round))
    terminal.line()
  }
}

/** Runs one sale from its opening to its audit. Resolves with 0 if the audit holds, else 1. */
async function sellAndAudit(options: DemoOptions, running: Running, round: number): Promise<number> {
  const { stack, terminal, signal, pagesUrl } = running
  const client = createClient({ baseUrl: stack.api.url, opsKey: running.secrets.opsKey })
  const isWatched = options.staysUp && pagesUrl !== undefined
  const name = round === 1 ? 'Demo drop' : `Demo drop ${round}`
  const items = [{ total: options.unitCount, purchaseLimit }]
  const sale = await createSale(
    client,
    {
      name,
      items,
      payWithinSeconds: payWithinSeconds[isWatched ? 'watched' : 'once'],
      ...(isWatched && { opensInMs }),
    },
    signal,
  )
  const { saleId } = sale
  const opens = isWatched ? `opens in ${opensInMs / 1_000} s` : 'is open'
  reportDone(
    terminal,
    'Sale',
    `"${name}" ${opens}: ${count(options.unitCount)} units, at most ${purchaseLimit} a buyer, to pay within ${sale.payWithinSeconds} s`,
  )
  // An open page stays on the sale that it showed first.
  if (isWatched && round > 1) reportDone(terminal, 'Shop', `${pagesUrl}?sale=${saleId}`)
  const onWait = (leftMs: number) => terminal.busy(`opens in ${Math.ceil(leftMs / 1_000)} s`)
  await untilOpen(client, sale, { signal, onWait })
  const audit = await storm(options, running, sale)
  terminal.line()
  printAudit(audit, terminal)
  // The sale is closed, so that the next sale stands above it on the dashboard.
  if (isWatched) await client.closeSale(saleId)
  return auditHolds(audit) ? 0 : 1
}

/** Sends the buyers, waits until the sale is settled and the accepted orders are persisted, and counts. */
async function storm(
  { buyerCount, unitCount, staysUp }: DemoOptions,
  running: Running,
  { saleId, item: { itemId } }: CreatedSale,
): Promise<SaleAudit> {
  const { stack, payments, terminal, signal } = running
  const { jwtSecret, opsKey } = running.secrets
  const client = createClient({ baseUrl: stack.api.url, opsKey })
  const postgres = new Postgres(directConfig(stack.databaseUrl, { statement_timeout: statementTimeoutMs }))
  postgres.on('error', () => undefined)
  await postgres.connect()
  try {
    const tally = createStormTally()
    const readMoney = watchMoney(payments.books, stack.databaseUrl)
    const isSettled = async () => {
      const { units, unpaidUnits } = await readPersisted(postgres, itemId)
      return units === unitCount && unpaidUnits === 0 && (await readMoney(itemId)).astray.length === 0
    }
    terminal.line()
    const arriveWithinMs = staysUp ? watchableMs : 0
    const when = staysUp ? `, more and more of them within ${watchableMs / 1_000} s for you to watch` : ''
    terminal.line(`  ${count(buyerCount)} buyers press the button${when}, over ${connectionCount} connections:`)
    terminal.line()
    const progress = showStormProgress({
      terminal,
      tally,
      buyerCount,
      unitCount,
      readPersisted: () => readPersisted(postgres, itemId),
    })
    let ledger: ItemAudit | undefined
    try {
      await runStorm({
        apiUrl: stack.api.url,
        saleId,
        itemId,
        unitCount,
        purchaseLimit,
        buyerCount,
        arriveWithinMs,
        jwtSecret,
        tally,
        isSettled,
        signal,
      })
      const { audits } = await auditItems(client, [itemId], signal)
      ledger = audits[0]
    } finally {
      await progress.stop()
    }
    if (!ledger) throw new Error('the audit got no answer')
    sayWhatBuyersDid(tally, terminal)
    return await auditSale(postgres, ledger, await readMoney(itemId), tally)
  } finally {
    await postgres.end().catch(() => undefined)
  }
}
