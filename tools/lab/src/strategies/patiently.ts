import { setTimeout as sleep } from 'node:timers/promises'

/** Asks repeatedly until the answer is yes, or until `waitMs` are over. */
export async function patiently(waitMs: number, ask: () => Promise<boolean>): Promise<boolean> {
  const until = performance.now() + waitMs
  while (!(await ask())) {
    if (performance.now() > until) return false
    await sleep(1 + Math.random() * 4)
  }
  return true
}
