import { randomBytes } from 'node:crypto'
import { createClient, type Client } from '@flash-sale/contract/client'
import type { ItemView } from '@flash-sale/contract/sales'
import { migrate } from '@flash-sale/database/migrate'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import {
  startApi,
  startStack,
  startWorker,
  type Stack,
  type StackAppOptions,
} from '@flash-sale/local-stack/start-stack'
import { startSimulatedPayments } from '@flash-sale/simulated-payments/start-simulated-payments'
import { createAppLog } from '@flash-sale/local-stack/console/app-log'
import { appSettings, givenStores, readDemoEnv } from '@flash-sale/local-stack/console/app-settings'
import { openSale } from '@flash-sale/kit/open-sale'
import { claimDevData, readDevSecrets, workspace } from './dev-data.ts'
import { printTryIt } from '@flash-sale/local-stack/console/print-try-it'
import { reportStep } from '@flash-sale/local-stack/console/report-step'
import { startPages } from '@flash-sale/local-stack/console/start-pages'
import { keepRestarting } from './restarting-app.ts'
import { reportDone, type Terminal } from '@flash-sale/local-stack/console/terminal'
import { watchSources, type SourceChange } from './watch-sources.ts'

const devSale = { name: 'Development drop', items: [{ total: 100_000, purchaseLimit: 100 }] }

/** Runs stores, apps and pages until it is interrupted. The data stay in `folder`. Resolves with the exit code. */
export async function runDev(folder: string, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { line, paint } = terminal
  const env = readDemoEnv()
  const data = await claimDevData(folder)
  const payments = await startSimulatedPayments()
  try {
    line()
    line(`  ${paint('bold', 'Flash sale')} for development, on data that stay in ${data.path}`)
    line()
    const secrets = await readDevSecrets(data.path)
    const appLog = createAppLog(terminal)
    const options = { ...appSettings(env, secrets, payments, 'info'), signal, onLine: appLog.write }
    terminal.busy('starting Redis and Postgres')
    const stack = await startStack({
      ...options,
      ...givenStores(env),
      dataDir: data.path,
      recordPid: data.recordPid,
      onProgress: (text) => line(`    ${text}`),
      onStep: (step) => reportStep(terminal, step, appLog),
    })
    payments.tellTo(stack.api.url)
    let pages: App | undefined
    try {
      const client = createClient({ baseUrl: stack.api.url, opsKey: secrets.opsKey })
      const item = await openDevSale(client)
      pages = await startPages(stack.api.url, terminal, signal)
      if (pages) payments.leadBackTo(pages.url)
      line()
      const tryIt = { apiUrl: stack.api.url, pagesUrl: pages?.url, opsKey: secrets.opsKey, item, buyer: newBuyer() }
      await printTryIt(client, tryIt, terminal)
      line(`  Payments  ${payments.url}, simulated`)
      if (!env.REDIS_URL) line(`  Redis     ${stack.redisUrl}`)
      if (!env.DATABASE_URL) line(`  Postgres  ${stack.databaseUrl}`)
      line('  Change a source and what runs it starts again. Ctrl-C stops everything; the data stay.')
      line()
      await runOnChanges(stack, options, terminal, signal)
    } finally {
      terminal.busy('stopping everything')
      await Promise.all([pages?.stop(), stack.stop()])
    }
  } finally {
    await payments.close()
    await data.release()
    if (signal.aborted) line('  Stopped. The data are kept.')
  }
  return 0
}

/** Restarts the apps when their sources change, until `signal` is aborted. */
async function runOnChanges(
  stack: Stack,
  options: StackAppOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { line, paint } = terminal
  const again = (name: string, app: typeof stack.api, start: () => Promise<typeof stack.api>) =>
    keepRestarting({
      first: app,
      start,
      onStarted: ({ url }, tookMs) =>
        line(`  ${paint('green', '↻')} the ${name} is back at ${url} (${(tookMs / 1_000).toFixed(1)} s)`),
      onDown: (why) =>
        line(`  ${paint('red', '✘')} the ${name} is down: ${why.split('\n')[0]}. It waits for your next change.`),
    })
  const apiPort = Number(new URL(stack.api.url).port)
  const api = again('API', stack.api, () => startApi(stack, { ...options, apiPort }))
  const worker = again('worker', stack.worker, () => startWorker(stack, options))

  const onChange = async ({ files, affected }: SourceChange) => {
    line(
      `  ${paint('cyan', '↻')} ${files.slice(0, 3).join(', ')}${files.length > 3 ? ` and ${files.length - 3} more` : ''}`,
    )
    if (affected.has('migrations')) {
      const applied = await migrate(stack.databaseUrl)
      for (const name of applied) reportDone(terminal, 'Migrated', name)
    }
    await Promise.all([affected.has('api') && api.restart(), affected.has('worker') && worker.restart()])
  }
  await watchSources(workspace, signal, (change) => {
    onChange(change).catch((error: unknown) => line(`  ${paint('red', '✘')} ${String(error).split('\n')[0]}`))
  })
  await untilAborted(signal)
  await Promise.all([api.stop(), worker.stop()])
}

/** A sale to order from: the sale of an earlier run while it has stock, or else a new one. */
async function openDevSale(client: Client): Promise<ItemView> {
  const listed = await client.listSales({ state: 'open', limit: '100' })
  const sales = listed.ok ? listed.value.sales : []
  const kept = sales.find(({ name, items }) => name === devSale.name && items[0]?.available)
  return kept?.items[0] ?? (await openSale(client, devSale)).item
}

/** A new buyer, who has not reached the purchase limit in an earlier run. */
function newBuyer(): string {
  return `you-${randomBytes(3).toString('hex')}`
}

/** Resolves when the signal is aborted; at once if it is aborted already. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
