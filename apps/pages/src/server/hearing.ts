/** What a page hears of the service, over all its requests together. */
export interface Hearing {
  /** Sends as `send` does, and notes whether the service answered. */
  readonly listen: (send: typeof fetch) => typeof fetch
  /** Notes that the service said something, for example on a stream. */
  readonly noteAnswer: () => void
  /** Whether the service is not heard any more. */
  readonly isSilent: () => boolean
  readonly subscribe: (onChange: () => void) => () => void
}

/**
 * A request without an answer says little beside others that are answered, and an answer from before says nothing of now. So the service is
 * silent only if nothing was answered since the request began, and the service does not answer when it is asked once more. Answers are
 * counted, so no clock matters.
 *
 * `askAgain` asks the service for the least that it answers. It never rejects.
 */
export function createHearing(askAgain: () => Promise<Response | undefined>): Hearing {
  const listeners = new Set<() => void>()
  let answerCount = 0
  let isSilent = false
  let isAsking = false

  function show(isSilentNow: boolean): void {
    if (isSilentNow === isSilent) return
    isSilent = isSilentNow
    for (const listener of listeners) listener()
  }

  function noteAnswer(): void {
    answerCount += 1
    show(false)
  }

  async function makeSure(): Promise<void> {
    isAsking = true
    const countBefore = answerCount
    if (isOfService(await askAgain())) noteAnswer()
    else if (answerCount === countBefore) show(true)
    isAsking = false
  }

  return {
    listen: (send) => async (input, init) => {
      const countBefore = answerCount
      let response: Response | undefined
      try {
        response = await send(input, init)
        return response
      } finally {
        if (isOfService(response)) noteAnswer()
        else if (answerCount === countBefore && !isSilent && !isAsking) void makeSure()
      }
    },
    noteAnswer,
    isSilent: () => isSilent,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
  }
}

/** A proxy that does not reach the service answers with a page of its own. */
function isOfService(response: Response | undefined): boolean {
  return /\bjson\b/.test(response?.headers.get('content-type') ?? '')
}

/** A process that works answers this at once, since no store is asked for it. In ms. */
const liveWithinMs = 2_000

/** What the whole page hears. */
export const hearing = createHearing(() =>
  fetch('/health/live', { cache: 'no-store', signal: AbortSignal.timeout(liveWithinMs) }).catch(() => undefined),
)

/** `fetch` that the page listens to. */
export const heardFetch = hearing.listen((input, init) => fetch(input, init))
