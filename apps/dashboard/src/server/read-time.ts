import { ProblemError, readProblem } from './problem.ts'

/** GET /v1/time: the service's clock, in ms since 1970. */
export async function readTime(): Promise<number> {
  const response = await fetch('/v1/time', { cache: 'no-store', signal: AbortSignal.timeout(5_000) })
  if (!response.ok) throw new ProblemError(await readProblem(response))
  const { now }: { now: string } = await response.json()
  return Date.parse(now)
}
