import { rm } from 'node:fs/promises'
import path from 'node:path'
import { createClient } from '@flash-sale/contract/client'
import { migrate } from '@flash-sale/database/migrate'
import { requireDatabase } from '@flash-sale/database/require-database'
import { recordPid } from '@flash-sale/local-stack/machine/run-folder'
import { startPostgres, type LocalPostgres } from '@flash-sale/local-stack/postgres/start-postgres'
import type { LocalRedis } from '@flash-sale/local-stack/redis/start-redis'
import { connectRedis, whenReady } from '@flash-sale/runtime/redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '@flash-sale/testing/eventually'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { provided } from '@flash-sale/testing/provided'
import { slow } from '@flash-sale/testing/start-service'
import { startTestProcess } from '@flash-sale/testing/start-test-process'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { openSale } from '@flash-sale/kit/open-sale'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import getPort from 'get-port'
import { makeCertificate, type Certificate } from './make-certificate.fixture.ts'

let tls: Certificate
let redis: LocalRedis
let redisTlsPort: number
let redisSocket: string
let postgres: LocalPostgres

beforeAll(async () => {
  tls = await makeCertificate()
  redisTlsPort = await getPort({ host: '127.0.0.1' })
  redisSocket = path.join(tls.folder, 'r.sock')
  const redisTls = ['--tls-port', String(redisTlsPort), '--tls-auth-clients', 'no', '--tls-ca-cert-file', tls.ca]
  const redisFiles = ['--tls-cert-file', tls.certificate, '--tls-key-file', tls.key, '--unixsocket', redisSocket]
  redis = await startTestRedis({ extraArgs: [...redisTls, ...redisFiles] })
  postgres = await startPostgres({
    dataDir: path.join(tls.folder, 'postgres'),
    recordPid: (pid) => recordPid(provided('runFolder'), pid),
    settings: {
      ssl: 'on',
      ssl_cert_file: tls.certificate,
      ssl_key_file: tls.key,
      unix_socket_directories: tls.folder,
      fsync: 'off',
    },
  })
  await migrate(postgres.url('sale'))
})

afterAll(async () => {
  await Promise.all([redis?.stop(), postgres?.stop()])
  if (tls) await rm(tls.folder, { recursive: true, force: true })
})

/** Starts both processes with these settings, and resolves when an order was accepted and stored. */
async function sellOne(env: Record<string, string>): Promise<void> {
  const stores = { redis, database: { url: postgres.url('sale'), drop: () => Promise.resolve() } }
  const [api, worker] = await Promise.all([
    startTestProcess('api', stores, { env }),
    startTestProcess('worker', stores, { env }),
  ])
  try {
    // Another database of the Redis that a test before used takes its place only when no process sees that one any more.
    await eventually(async () => expect((await fetch(`${api.url}/health/ready`)).status).toBe(200), {
      what: 'the API to be ready',
    })
    const operator = createClient({ baseUrl: api.url, opsKey: testOpsKey })
    const { item } = await openSale(operator, { name: 'Sale', items: [{ total: 1, purchaseLimit: 1 }] })
    const client = createClient({ baseUrl: api.url, token: buyerToken('ann') })
    const placed = await client.placeOrder({ itemId: item.itemId, quantity: 1 })
    if (!placed.ok) throw new Error(placed.problem.detail)
    await eventually(
      async () =>
        expect(await client.readOrder(placed.value.orderId)).toMatchObject({ value: { status: 'confirmed' } }),
      { what: 'the order to be stored' },
    )
  } finally {
    await Promise.all([api.stop(), worker.stop()])
  }
}

const redisUrl = () => `rediss://127.0.0.1:${redisTlsPort}`
const databaseUrl = (parameters: string) => `${postgres.url('sale')}?${parameters}`
const encoded = (text: string) => encodeURIComponent(text)

test(
  'over TLS to both stores, checked by the CA files of the environment, an order is accepted and stored',
  slow,
  async () => {
    const files = { REDIS_CA_FILE: tls.ca, DATABASE_CA_FILE: tls.ca }
    await sellOne({ REDIS_URL: redisUrl(), DATABASE_URL: databaseUrl('sslmode=verify-full'), ...files })
  },
)

test('over TLS with the CA in NODE_EXTRA_CA_CERTS an order is accepted and stored', slow, async () => {
  const env = { NODE_EXTRA_CA_CERTS: tls.ca }
  await sellOne({ REDIS_URL: redisUrl(), DATABASE_URL: databaseUrl('sslmode=require'), ...env })
})

test('through Unix sockets to both stores an order is accepted and stored', slow, async () => {
  const { username, password, port } = new URL(postgres.url('sale'))
  await sellOne({
    REDIS_URL: `unix://${redisSocket}?db=1`,
    DATABASE_URL: `postgresql://${username}:${password}@/sale?host=${encoded(tls.folder)}&port=${port}`,
  })
})

async function redisRefusal(url: string): Promise<string> {
  const connection = connectRedis({ url, role: 'scripts', logger: silentLogger })
  try {
    return await whenReady(connection, 3_000).then(
      () => 'ready',
      (error: Error) => error.message,
    )
  } finally {
    connection.disconnect()
  }
}

test('a Redis whose certificate cannot be checked is refused, with what to set', async () => {
  expect(await redisRefusal(redisUrl())).toMatch(/self-signed certificate.*; set REDIS_CA_FILE to the certificate/)
  expect(await redisRefusal(`${redisUrl()}?cafile=${encoded(tls.ca)}`)).toBe('ready')
  expect(await redisRefusal(`rediss://127.0.0.1:${redis.port}`)).toMatch(/rediss:\/\/ is for one that speaks TLS/)
  expect(await redisRefusal(`unix://${redisSocket}.none`)).toMatch(/ENOENT.*start it, or correct REDIS_URL$/)
})

async function postgresRefusal(parameters: string): Promise<string> {
  return requireDatabase(databaseUrl(parameters)).then(
    () => 'ready',
    (error: Error) => error.message,
  )
}

test('a Postgres whose certificate cannot be checked is refused, with what to set', async () => {
  for (const mode of ['verify-full', 'require', 'verify-ca']) {
    expect(await postgresRefusal(`sslmode=${mode}`)).toMatch(/certificate; set DATABASE_CA_FILE to/)
    expect(await postgresRefusal(`sslmode=${mode}&sslrootcert=${encoded(tls.ca)}`)).toBe('ready')
  }
  expect(await postgresRefusal('sslmode=no-verify')).toBe('ready')
})
