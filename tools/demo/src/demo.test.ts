import { expect, test } from 'vitest'
import { startDemo } from './started-demo.fixture.ts'

const demoTimeoutMs = 120_000
/** An app that does not end by itself is killed after 15 s. */
const stopWithinMs = 12_000

test(
  'it sells everything, paid, sells again what came back, shows that the audit holds, exits 0 and leaves nothing behind',
  async () => {
    const demo = await startDemo('--once', '--units', '50', '--buyers', '400')
    expect(await demo.exitCode, demo.output()).toBe(0)
    const lines = demo.output().split('\n')
    for (const line of [
      /^ {2}✔ units sold +50 of 50 {2}in \d+ orders$/,
      /^ {2}✔ paid +50 of 50 {2}units, \d+ orders by late money$/,
      /^ {4}expired +[1-9]\d* {2}units of [1-9]\d* orders not paid in time$/,
      /^ {4}cancelled +\d+ {2}units of \d+ orders$/,
      /^ {4}sold again +([1-9]\d*) of \1 {2}units that came back$/,
      /^ {2}✔ money astray +0 {2}[1-9]\d* payments, \d+ of them refunded$/,
      /^ {2}✔ oversold +0 /,
      /^ {2}✔ undersold +0 /,
      /^ {2}✔ lost +0 {2}all \d+ accepted orders are in Postgres$/,
      /^ {2}✔ duplicates +0 /,
      /^ {2}✔ limit breaches +0 /,
      /^ {4}accepted\/s +[\d,]+ /,
      /^ {4}persisted\/s +[\d,]+ /,
      /^ {4}p50 +[\d.,]+ ms /,
      /^ {4}p99 +[\d.,]+ ms /,
      /^ {4}time to drain +[\d.,]+ ms /,
    ]) {
      expect(lines).toContainEqual(expect.stringMatching(line))
    }
    const [, shop, opsKey] = /✔ Shop +(\S+)\n +✔ Dashboard +\1ops +sign in with (\w+)\n/.exec(demo.output()) ?? []
    expect(shop, demo.output()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(opsKey).toHaveLength(48)
    // What is no terminal gets plain lines: no colour, nothing redrawn.
    for (const control of ['\u001B', '\r']) expect(demo.output()).not.toContain(control)
    expect(demo.output()).not.toContain('Warning')
    expect(demo.output()).toMatch(
      /400 of 400 buyers answered: accepted \d+, refused \d+, persisted \d+, paid \d+ units, p99 \d+ ms/,
    )
    expect(lines).toContain('    available 0 + outbox 0 + active 50 + returning 0 = 50 of 50 units')
    expect(await demo.leftBehind()).toEqual([])
  },
  demoTimeoutMs,
)

test.each([
  ['while the stores start', 'Postgres: creating a database cluster'],
  ['while the apps start', '✔ Database'],
  ['in the middle of the storm', 'buyers answered'],
])(
  'Ctrl-C %s, however often it arrives, leaves no process and no folder behind',
  async (_when, text) => {
    const demo = await startDemo('--units', '5000', '--buyers', '500000')
    await demo.printed(text)
    const beganAtMs = performance.now()
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) demo.signal(signal)
    // 128 + the signal that was seen first: what is pending together, a system delivers in any order.
    expect([130, 143]).toContain(await demo.exitCode)
    expect(performance.now() - beganAtMs).toBeLessThan(stopWithinMs)
    expect(demo.output()).toContain('Stopped.')
    expect(await demo.leftBehind()).toEqual([])
  },
  demoTimeoutMs,
)
