import { host, hostFault, logLevel, port } from '@flash-sale/runtime/env-fields'
import { Type, type Static } from 'typebox'

/** What the balancer reads from its environment. `PORT` and `HOST` are where clients connect to. */
export const BalancerEnv = Type.Object({
  PORT: port,
  HOST: host,
  API_HOST: Type.String({
    description: 'the name under which every API process can be found',
    examples: ['api'],
    faultOf: hostFault,
  }),
  API_PORT: Type.Integer({
    description: 'the port of the API processes',
    examples: ['3000'],
    minimum: 1,
    maximum: 65_535,
    default: 3000,
  }),
  LOG_LEVEL: logLevel,
})

export type BalancerEnv = Static<typeof BalancerEnv>
