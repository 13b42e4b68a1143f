import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { Api } from '../api-context.ts'
import { pageSecurity } from '../pages/page-security.ts'
import { describeCommonAnswers } from './common-answers.ts'

const description = `Orders for limited stock, never one too many.

Every answer that is not a success is a problem (\`application/problem+json\`) with a \`code\`. Beside what each call lists, any path
answers 404 \`ROUTE_NOT_FOUND\` where there is none, 405 \`METHOD_NOT_ALLOWED\` with \`Allow\` to another method, and 417
\`EXPECTATION_FAILED\` to an unknown \`Expect\`. \`OPTIONS\` answers 204 with \`Allow\`. A fault of the service is 500 \`INTERNAL\`.`

const tags = [
  { name: 'sales', description: 'For everybody: the sales and their live stock.' },
  { name: 'orders', description: 'For buyers: place orders, read and follow your own.' },
  { name: 'payments', description: 'For payment providers: tell what came of a payment.' },
  { name: 'ops', description: 'For operators: create and change sales, inspect and repair the stores.' },
  { name: 'health', description: 'For those who run the service.' },
  { name: 'development', description: 'Only where DEV_TOKENS=true.' },
]

/** The API description at /docs/json and its page at /docs. Call it before the first route is added. */
export async function registerDocs(app: Api): Promise<void> {
  await app.register(swagger, {
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, i) => (typeof $id === 'string' ? $id : `schema-${i}`),
    },
    transform: ({ schema, url, route }) => ({ url, schema: schema && describeCommonAnswers(schema, route.method) }),
    openapi: {
      info: {
        title: 'Flash Sale',
        version: '1',
        description,
        license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      },
      servers: [{ url: '/', description: 'The process that gave you this description.' }],
      tags,
      components: {
        securitySchemes: {
          buyer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              "A JWT from the shop's own sign-in: HS256 with JWT_SECRET. `sub` is the buyer. A token is refused after its `exp`.",
          },
          ops: { type: 'http', scheme: 'bearer', description: 'OPS_KEY.' },
        },
      },
    },
  })
  // Only pages get these headers. The API's own answers are JSON, and a hook on the order path would cost every order.
  await app.register(async (pages) => {
    await pages.register(helmet, pageSecurity({ styleSrc: ["'self'", "'unsafe-inline'"] }))
    await pages.register(swaggerUi, { routePrefix: '/docs' })
  })
}
