import type { Sent } from '@flash-sale/webhooks/send-webhook'
import { Counter, type Registry } from 'prom-client'

/** Registers the metric of webhooks. Returns the function that raises it. */
export function createWebhookMetrics(registry: Registry): (kind: Sent['kind']) => void {
  const sent = new Counter({
    name: 'flash_sale_webhooks_total',
    help: 'Webhooks sent, by what came of them.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  return (kind) => sent.inc({ outcome: kind.toLowerCase() })
}
