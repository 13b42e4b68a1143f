// Starts the containers as a compose project of their own, sells through them while parts of them die, and removes them. Needs Docker
// with Compose 2, and port 3000 or a free PUBLISHED_PORT.
import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '../packages/contract/src/client.ts'
import type { ItemAudit } from '../packages/contract/src/ops.ts'
import { auditItems } from '../tools/kit/src/audit-items.ts'
import type { Answer } from '../tools/kit/src/history.ts'
import { judgeAudit } from '../tools/kit/src/judge-audit.ts'
import { openSale } from '../tools/kit/src/open-sale.ts'
import { overHttp, placePatiently } from '../tools/kit/src/place-order.ts'
import { buyerTokenSigner } from '../tools/kit/src/sign-tokens.ts'
import { takeNoArguments } from '../tools/local-stack/src/console/read-flags.ts'
import { startSteadyClients } from '../tools/testing/src/steady-clients.ts'
import { findMissingDocker } from './find-missing-docker.ts'

const baseUrl = `http://127.0.0.1:${process.env.PUBLISHED_PORT ?? 3000}`
/** An order that met a fault is repeated for this long under its key. A longer failure is an error of the service. */
const patienceMs = 60_000
const tokenLifeMs = 3_600_000
const stopMsMax = 10_000
/** Slow enough for orders to come before, during and after a restart. */
const paceMs = 100
/** Longer than HAProxy needs to see that a container is ready. */
const steadyAfterMs = 2_000

const settings = {
  COMPOSE_PROJECT_NAME: 'flash-sale-trial',
  JWT_SECRET: randomBytes(32).toString('hex'),
  OPS_KEY: randomBytes(24).toString('hex'),
  POSTGRES_PASSWORD: randomBytes(16).toString('hex'),
}
const operator = createClient({ baseUrl, opsKey: settings.OPS_KEY })
const tokenOf = buyerTokenSigner(settings.JWT_SECRET, tokenLifeMs)

takeNoArguments(`Brings the containers up as a compose project of their own, sells through them while parts of them die, and removes them.

Usage: pnpm try:containers

PUBLISHED_PORT is where they are reached on 127.0.0.1 (default 3000). Exit code 0 when every sale held, 1 otherwise.
`)
const missing = await findMissingDocker()
if (missing !== undefined) {
  console.error(missing)
  process.exit(1)
}
try {
  await compose('up', '--build', '--wait')
  await sellsOut('a small sale')
  await sellsOut('a sale whose worker is killed', () => killApp('worker'))
  await sellsOut('a sale whose API is killed', () => killApp('api'))
  const { epoch } = await sellsOut('a sale whose Redis is restarted', () => compose('restart', 'redis'))
  if (epoch < 2) throw new Error('the restarted Redis sold without a rebuild')
  await sellsOut('a sale whose Postgres is restarted', () => compose('restart', 'postgres'))
  await compose('up', '--wait', '--no-recreate', '--scale', 'api=2')
  await sellsOut('a sale through two API containers, one of which is killed', () => killApp('api'))
  await answersEveryOrder('one API container after the other restarts', restartInTurn, [202, 409])
  await answersEveryOrder('all API containers restart at once', () => compose('restart', 'api'), [202, 409, 503])
  await stopsSoon()
} catch (error) {
  await compose('logs', '--no-color', '--tail', '30').catch(() => undefined)
  console.error(`failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await compose('down', '--volumes', '--remove-orphans').catch((error: Error) => {
    console.error(`failed: ${error.message}`)
    process.exitCode = 1
  })
}

/** Sells one item to more buyers than units, in two halves. `disturb` runs while the second half orders. */
async function sellsOut(what: string, disturb: () => Promise<void> = () => Promise.resolve()): Promise<ItemAudit> {
  const total = 60
  const sale = await openSale(operator, { name: 'Trial', items: [{ total, purchaseLimit: 1 }] })
  const { itemId } = sale.item
  const history: Answer[] = []
  const place = overHttp({ baseUrl, itemId, tokenOf }, history)
  const buy = (buyer: string) => placePatiently([place], { buyer, key: buyer, quantity: 1 }, { untilMs: patienceMs })
  const buyers = Array.from({ length: 80 }, (_, at) => `buyer ${at} of item ${itemId}`)
  const early = await Promise.all(buyers.slice(0, 30).map(buy))
  const late = Promise.all(buyers.slice(30).map((buyer, at) => delay(at * paceMs).then(() => buy(buyer))))
  await disturb()
  const answers = [...early, ...(await late)]

  const acceptedCount = answers.filter(({ outcome }) => outcome === 'ACCEPTED').length
  const odd = answers.find(({ outcome }) => outcome !== 'ACCEPTED' && outcome !== 'SOLD_OUT')
  if (odd) throw new Error(`${what}: ${odd.buyer} ended with ${odd.outcome}`)
  if (acceptedCount !== total) throw new Error(`${what}: ${acceptedCount} orders accepted for ${total} units`)
  const { audits } = await auditItems(operator, [itemId])
  const expected = { sku: sale.item.sku, purchaseLimit: 1, totalAtEnd: total }
  const faults = judgeAudit(expected, audits[0], { acceptedCount, ambiguousCount: 0 })
  if (!audits[0] || faults.length > 0) {
    throw new Error(`${what}: ${faults.map(({ invariant, text }) => `${invariant}: ${text}`).join('; ')}`)
  }
  const troubles = history.filter((answer) => !answers.includes(answer)).map(({ outcome }) => outcome)
  const faced = [...new Set(troubles)].map((code) => `${troubles.filter((met) => met === code).length} ${code}`)
  console.log(`ok: ${what}: ${total} of ${total} sold, balanced; on the way: ${faced.join(', ') || 'nothing'}`)
  return audits[0]
}

/** Kills the app inside its container, from within: Docker does not restart what Docker was told to kill. */
async function killApp(service: string): Promise<void> {
  const kill = `process.kill(Number(fs.readFileSync('/proc/1/task/1/children', 'utf8').split(' ')[0]), 'SIGKILL')`
  await compose('exec', '-T', service, 'node', '-e', kill).catch((error: Error) => {
    // The process that kills ends with the container.
    if (!error.message.endsWith('137')) throw error
  })
}

/** A few clients order while `disturb` runs. Checks that each order gets an answer with one of `statuses`. */
async function answersEveryOrder(
  what: string,
  disturb: () => Promise<void>,
  statuses: readonly number[],
): Promise<void> {
  const token = tokenOf('steady')
  const { item } = await openSale(operator, { name: 'Steady', items: [{ total: 2, purchaseLimit: 2 }] })
  const request = {
    url: `${baseUrl}/v1/orders`,
    method: 'POST',
    headers: () => ({
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    }),
    body: JSON.stringify({ itemId: item.itemId, quantity: 1 }),
    count: 4,
  } as const
  const clients = [true, false].map((keepAlive) => startSteadyClients({ ...request, keepAlive }))
  try {
    await disturb()
    await delay(steadyAfterMs)
  } finally {
    await Promise.all(clients.map(({ stop }) => stop()))
  }
  for (const { answered, lost, refusedCount } of clients) {
    const answers = [...answered].map(([status, count]) => `${count} times ${status}`).join(', ')
    const isAnswered = lost.size === 0 && refusedCount === 0
    if (!isAnswered || [...answered.keys()].some((status) => !statuses.includes(status)))
      throw new Error(`${what}: answers ${answers}; lost ${JSON.stringify([...lost])}, refused ${refusedCount}`)
    console.log(`ok: ${what}: every order was answered, ${answers}`)
  }
}

async function restartInTurn(): Promise<void> {
  for (const at of [1, 2]) {
    await run('docker', ['restart', `${settings.COMPOSE_PROJECT_NAME}-api-${at}`])
    await compose('up', '--wait', '--no-recreate', '--scale', 'api=2')
    // Docker and HAProxy check separately whether a container is ready.
    await delay(steadyAfterMs)
  }
}

async function stopsSoon(): Promise<void> {
  const startedAtMs = performance.now()
  await compose('stop')
  const tookMs = Math.round(performance.now() - startedAtMs)
  if (tookMs > stopMsMax) throw new Error(`stopping took ${tookMs} ms`)
  console.log(`ok: everything stopped in ${tookMs} ms`)
}

async function compose(...args: readonly string[]): Promise<void> {
  await run('docker', ['compose', '--progress', 'quiet', ...args])
}

async function run(command: string, args: readonly string[]): Promise<void> {
  console.log([command, ...args].join(' '))
  const child = spawn(command, args, {
    cwd: new URL('../', import.meta.url),
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${code}`)
}
