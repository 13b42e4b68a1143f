import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { BoundedWork } from '@flash-sale/runtime/bounded-work'
import { LRUCache } from 'lru-cache'

/** An answer as it is sent, made once for all who ask. */
export interface KeptAnswer {
  readonly etag: string
  /** JSON. */
  readonly body: Buffer
  /** Pressed once, when somebody first asks for it so. */
  gzipped(): Promise<Buffer>
}

export interface KeptAnswers {
  /**
   * The answer under this key, read anew when the one that is kept is older than a third of a second. One read of a key is under way at
   * a time, also when those who asked have given up. Undefined when there is nothing to answer with, which is not kept.
   */
  get(key: string, read: () => Promise<unknown>): Promise<KeptAnswer | undefined>
}

const keptMs = 333
const bytesMax = 32 * 1024 * 1024
const readWithinMs = 3_000
/** Of a body and its pressed form, and of what holds them. */
const bytesBeside = 512
const gzipLevel = 5

/** Answers are read and made within `reads`. */
export function createKeptAnswers(reads: BoundedWork): KeptAnswers {
  const kept = new LRUCache<string, { readonly answer: KeptAnswer; readonly freshUntilMs: number }>({
    maxSize: bytesMax,
    sizeCalculation: ({ answer }) => 2 * answer.body.length + bytesBeside,
  })
  const asking = new Map<string, Promise<KeptAnswer | undefined>>()

  async function readAnew(key: string, read: () => Promise<unknown>): Promise<KeptAnswer | undefined> {
    try {
      const made = await reads.run(async () => {
        const value = await read()
        return value === undefined ? undefined : makeAnswer(value)
      })
      if (!made) return undefined
      const before = kept.peek(key)?.answer
      // The same bytes keep their pressed form.
      const answer = before?.etag === made.etag ? before : made
      kept.set(key, { answer, freshUntilMs: performance.now() + keptMs })
      return answer
    } finally {
      asking.delete(key)
    }
  }

  return {
    async get(key, read) {
      const found = kept.get(key)
      if (found && performance.now() < found.freshUntilMs) return found.answer
      let asked = asking.get(key)
      if (!asked) asking.set(key, (asked = readAnew(key, read)))
      return answerWithin(asked, readWithinMs, 'a store')
    },
  }
}

function makeAnswer(value: unknown): KeptAnswer {
  const body = Buffer.from(JSON.stringify(value))
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  let pressed: Promise<Buffer> | undefined
  // Weak: the pressed form is the same answer in other bytes.
  return { etag: `W/"${hash}"`, body, gzipped: () => (pressed ??= press(body, { level: gzipLevel })) }
}

const press = promisify(gzip)
