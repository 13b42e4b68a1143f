// Brings the containers up as their own compose project, sells through them while parts of them die, and takes them away
// again. Needs Docker with Compose 2, and port 3000 or a free PUBLISHED_PORT.
import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient, type Outcome } from '../packages/contract/src/client.ts'
import type { ItemAudit } from '../packages/contract/src/ops.ts'
import { takeNoArguments } from '../tools/local-stack/src/console/read-flags.ts'
import { startSteadyClients } from '../tools/testing/src/steady-clients.ts'
import { findMissingDocker } from './find-missing-docker.ts'

const baseUrl = `http://127.0.0.1:${process.env.PUBLISHED_PORT ?? 3000}`
/** An order that met a fault is repeated for this long, by its key; what fails longer is a finding. */
const patienceMs = 60_000
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
  DEV_TOKENS: 'true',
}
const operator = createClient({ baseUrl, opsKey: settings.OPS_KEY })

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
  if (epoch < 2) throw new Error('a Redis that was restarted was sold from without a rebuild')
  await sellsOut('a sale whose Postgres is restarted', () => compose('restart', 'postgres'))
  await compose('up', '--wait', '--no-recreate', '--scale', 'api=2')
  await sellsOut('a sale through two API containers, one of which is killed', () => killApp('api'))
  await answersEveryOrder('one API container after the other restarts', restartInTurn, [202, 409])
  await answersEveryOrder('all API containers restart at once', () => compose('restart', 'api'), [202, 409, 503])
  await stopsSoon()
} catch (error) {
  await compose('logs', '--no-color', '--tail', '30').catch(() => undefined)
  console.error(`short: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await compose('down', '--volumes', '--remove-orphans').catch((error: Error) => {
    console.error(`short: ${error.message}`)
    process.exitCode = 1
  })
}

/** More buyers than units come, in two halves; `disturb` happens while the second half is at it. */
async function sellsOut(what: string, disturb: () => Promise<void> = () => Promise.resolve()): Promise<ItemAudit> {
  const total = 60
  const itemId = await createSale(total)
  const buyers = Array.from({ length: 80 }, (_, at) => `buyer ${at} of item ${itemId}`)
  const early = await Promise.all(buyers.slice(0, 30).map((buyer) => buy(itemId, buyer)))
  const late = Promise.all(buyers.slice(30).map((buyer, at) => delay(at * paceMs).then(() => buy(itemId, buyer))))
  await disturb()
  const answers = [...early, ...(await late)]

  const acceptedCount = answers.filter(({ isAccepted }) => isAccepted).length
  if (acceptedCount !== total) throw new Error(`${what}: ${acceptedCount} orders accepted for ${total} units`)
  const audit = await until(`${what}: drained and balanced`, async () => {
    const outcome = await operator.auditItem(itemId)
    return outcome.ok && outcome.value.balanced && outcome.value.outboxUnits === 0 ? outcome.value : undefined
  })
  if (audit.activeUnits !== total) throw new Error(`${what}: ${audit.activeUnits} of ${total} units are in Postgres`)
  const troubles = answers.flatMap(({ met }) => met)
  const faced = [...new Set(troubles)].map((code) => `${troubles.filter((met) => met === code).length} ${code}`)
  console.log(`ok: ${what}: ${total} of ${total} sold, balanced; on the way: ${faced.join(', ') || 'nothing'}`)
  return audit
}

async function createSale(total: number): Promise<number> {
  const outcome = await operator.createSale({
    name: 'Trial',
    opensAt: new Date().toISOString(),
    closesAt: new Date(Date.now() + 3_600_000).toISOString(),
    items: [{ sku: 'T-1', name: 'Trial item', priceCents: 100, total, purchaseLimit: 1 }],
  })
  const item = valueOf(outcome).items[0]
  if (!item) throw new Error('the sale has no item')
  return item.itemId
}

interface Answer {
  readonly isAccepted: boolean
  /** The answers that were not the last word. */
  readonly met: readonly string[]
}

/** Orders one unit until the answer is definite, as a good client does: with one key, waiting as long as it is told. */
async function buy(itemId: number, buyer: string): Promise<Answer> {
  const met: string[] = []
  return until(`an answer for ${buyer}`, async () => {
    const token = await operator.makeDevToken(buyer)
    if (!token.ok) return void met.push(token.problem.code)
    const client = createClient({ baseUrl, token: token.value.token })
    const outcome = await client.placeOrder({ itemId, quantity: 1 }, { idempotencyKey: buyer })
    if (outcome.ok) return { isAccepted: true, met }
    if (outcome.problem.code === 'SOLD_OUT') return { isAccepted: false, met }
    const { problem } = outcome
    if (problem.code !== 'NO_ANSWER' && problem.status !== 503) throw new Error(`${buyer}: ${problem.code}`)
    met.push(problem.code)
    return undefined
  })
}

async function until<Value>(what: string, attempt: () => Promise<Value | undefined | void>): Promise<Value> {
  const deadlineMs = performance.now() + patienceMs
  while (performance.now() < deadlineMs) {
    const value = await attempt()
    if (value !== undefined) return value
    await delay(200)
  }
  throw new Error(`not in ${patienceMs} ms: ${what}`)
}

/** Kills the app inside its container, from within: Docker does not restart what Docker was told to kill. */
async function killApp(service: string): Promise<void> {
  const kill = `process.kill(Number(fs.readFileSync('/proc/1/task/1/children', 'utf8').split(' ')[0]), 'SIGKILL')`
  await compose('exec', '-T', service, 'node', '-e', kill).catch((error: Error) => {
    // The one who kills goes down with the container.
    if (!error.message.endsWith('137')) throw error
  })
}

/** A few clients order while `disturb` happens. Each order gets an answer, with one of `statuses`. */
async function answersEveryOrder(
  what: string,
  disturb: () => Promise<void>,
  statuses: readonly number[],
): Promise<void> {
  const { token } = valueOf(await operator.makeDevToken('steady'))
  const request = {
    url: `${baseUrl}/v1/orders`,
    method: 'POST',
    headers: () => ({
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    }),
    body: JSON.stringify({ itemId: await createSale(2), quantity: 1 }),
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
    // Docker and HAProxy ask separately whether a container is ready.
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

function valueOf<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(`${outcome.problem.code}: ${outcome.problem.detail}`)
  return outcome.value
}
