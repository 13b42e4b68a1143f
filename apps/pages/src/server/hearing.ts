/**
 * What a page hears of the service. `UNSURE`: a request was not answered, and the page asks the service once more. `SILENT`: the service did
 * not answer that either.
 */
export type Heard = 'ANSWERS' | 'UNSURE' | 'SILENT'

/** What a page hears of the service, over all its requests together. */
export interface Hearing {
  /** Sends as `send` does, and notes whether the service answered. */
  readonly listen: (send: typeof fetch) => typeof fetch
  /** Notes that the service said something, for example on a stream. */
  readonly noteAnswer: () => void
  readonly heard: () => Heard
  readonly subscribe: (onChange: () => void) => () => void
  /** The reader leaves the page. From now on the browser itself ends requests. */
  readonly leave: () => void
  /** The reader is on the page again, which the browser had kept as it was. */
  readonly comeBack: () => void
}

/**
 * A request without an answer says little beside others that are answered, and an answer from before says nothing of now. So the service is
 * silent only if nothing was answered since the request began, and the service does not answer when it is asked once more. Answers are
 * counted, so no clock matters.
 *
 * `askAgain` asks the service for the least that it answers.
 */
export function createHearing(askAgain: () => Promise<Response>): Hearing {
  const listeners = new Set<() => void>()
  /** What began at another count says nothing any more. */
  let count = 0
  let heard: Heard = 'ANSWERS'
  let isAsking = false
  let isLeft = false

  function show(heardNow: Heard): void {
    if (heardNow === heard) return
    heard = heardNow
    for (const listener of listeners) listener()
  }

  function noteAnswer(): void {
    count += 1
    show('ANSWERS')
  }

  /** Asks until it is sure. It asks again only if a request fails that began after an answer, while an older question is open. */
  async function makeSure(): Promise<void> {
    isAsking = true
    try {
      while (heard === 'UNSURE') {
        const countBefore = count
        if (await isAnswered(askAgain)) noteAnswer()
        else if (count === countBefore && !isLeft) show('SILENT')
      }
    } finally {
      isAsking = false
    }
  }

  function noteNoAnswer(countBefore: number): void {
    if (isLeft || count !== countBefore || heard === 'SILENT') return
    show('UNSURE')
    if (!isAsking) void makeSure()
  }

  return {
    listen: (send) => async (input, init) => {
      const countBefore = count
      let response: Response | undefined
      try {
        response = await send(input, init)
        return response
      } finally {
        if (response && isOfService(response)) noteAnswer()
        else noteNoAnswer(countBefore)
      }
    },
    noteAnswer,
    heard: () => heard,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    leave() {
      isLeft = true
      if (heard === 'UNSURE') show('ANSWERS')
    },
    comeBack() {
      if (!isLeft) return
      isLeft = false
      count += 1
    },
  }
}

/** With these a proxy says that it does not reach the service, as HAProxy does here, even with a problem in JSON. */
const statusesOfProxies = new Set([502, 503, 504])

/** Whether certainly the service itself answered. A proxy may also answer with a page of its own. */
function isOfService(response: Response): boolean {
  return isJson(response) && !statusesOfProxies.has(response.status)
}

async function isAnswered(ask: () => Promise<Response>): Promise<boolean> {
  try {
    const response = await ask()
    return response.status === 200 && isJson(response)
  } catch {
    return false
  }
}

function isJson({ headers }: Response): boolean {
  return /\bjson\b/.test(headers.get('content-type') ?? '')
}

/** A process that works answers this at once, since no store is asked for it. In ms. */
const liveWithinMs = 2_000

/** What the whole page hears. */
export const hearing = createHearing(() =>
  fetch('/health/live', { cache: 'no-store', signal: AbortSignal.timeout(liveWithinMs) }),
)

/** `fetch` that the page listens to. */
export const heardFetch = hearing.listen((input, init) => fetch(input, init))
