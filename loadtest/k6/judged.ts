import type { Options, Scenario } from 'k6/options'
import { plan } from './plan.ts'

/** The options of every scenario: its buyers, and the thresholds that the run must hold. `thresholds` are those of this scenario alone. */
export function judged(scenarios: Record<string, Scenario>, thresholds: Record<string, string[]> = {}): Options {
  const inTime = [`p(99)<${plan.load.p99Ms}`]
  return {
    scenarios,
    thresholds: {
      unexpected_answers: ['count==0'],
      http_req_failed: ['rate==0'],
      checks: ['rate==1'],
      buyers_who_gave_up: ['count==0'],
      shed_orders: ['rate<0.05'],
      accepted_orders: ['count>0'],
      accept_duration: inTime,
      refuse_duration: inTime,
      ...thresholds,
    },
    summaryTrendStats: ['count', 'min', 'p(50)', 'p(95)', 'p(99)', 'max'],
    setupTimeout: '120s',
    // No redirect may lead a storm to another host.
    maxRedirects: 0,
  }
}

/** k6's own summary, for the runner to read. */
export function handleSummary(data: unknown): Record<string, string> {
  return { [String(__ENV['LOAD_SUMMARY'])]: JSON.stringify(data) }
}
