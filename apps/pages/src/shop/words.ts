import type { Dictionary } from '../language/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

/** The words of the buyers' page. */
export const shopWords: Dictionary<typeof en> = { en, zh }
