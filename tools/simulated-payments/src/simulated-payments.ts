import { readEnv } from '@flash-sale/runtime/env'
import { host, port } from '@flash-sale/runtime/env-fields'
import { runMain } from '@flash-sale/runtime/run-main'
import { Type } from 'typebox'
import { startSimulatedPayments } from './start-simulated-payments.ts'

/** The settings of the simulated provider as a program of its own. */
const SimulatedEnv = Type.Object({
  PORT: { ...port, default: 4010 },
  HOST: host,
  API_URL: Type.String({
    description: 'the address of the API, which is told of payments',
    examples: ['http://127.0.0.1:3000'],
  }),
  SIMULATED_PAYMENTS_SECRET: Type.Optional(
    Type.String({
      description:
        'the secret that webhooks are signed with, as the API and the worker have it; a new one if it is missing',
      examples: ['whsec_$(openssl rand -base64 32)'],
      minLength: 16,
      writeOnly: true,
    }),
  ),
})

await runMain(async () => {
  const env = readEnv(SimulatedEnv)
  const secret = env.SIMULATED_PAYMENTS_SECRET
  const payments = await startSimulatedPayments({
    port: env.PORT,
    host: env.HOST,
    ...(secret !== undefined && { secret }),
  })
  payments.tellTo(env.API_URL)
  console.log(`The simulated payment provider listens at ${payments.url}. Ctrl-C stops it.`)
  if (secret === undefined) console.log(`SIMULATED_PAYMENTS_SECRET=${payments.secret}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void payments.close())
})
