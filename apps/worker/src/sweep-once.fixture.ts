import { createSweep, type SweepContext } from './sweep.ts'

/** Looks at every item that is not settled, once, and waits until what was amiss is mended. */
export async function sweepOnce(context: SweepContext): Promise<void> {
  for (const tier of ['current', 'later'] as const) {
    const sweep = createSweep(context, tier)
    while (!(await sweep.look()).isLast);
    await sweep.settled()
  }
}
