import type { SaleStory } from '@flash-sale/contract/sale-story'
import { useId, type ReactNode } from 'react'
import { Figure } from '../design/Figure.tsx'
import { useFormat } from '../language/LanguageContext.ts'
import { useWords } from '../language/words.ts'
import { storyWords } from './story-words.ts'
import { tellStory, type ToldStory } from './tell-story.ts'

interface StoryToldProps {
  readonly story: SaleStory
  /** What the reader of this page wants to know beside it. */
  readonly children?: ReactNode
}

/** Tells what came of a sale: one sentence, then its numbers. All of them are counted; what is not known is left out. */
export function StoryTold({ story, children }: StoryToldProps) {
  const words = useWords(storyWords)
  const id = useId()
  const told = tellStory(story)
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h3 id={id} className="text-small font-medium text-ink-soft">
          {words.title}
        </h3>
        <Sentence told={told} />
      </div>
      {/* The notes are of different lengths, and the numbers of a row still stand on one line. */}
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 [&>div]:justify-start">
        <Sent {...told} />
        <Served {...told} />
        <Proof {...told} />
        <Speed {...told} />
      </dl>
      {children}
    </section>
  )
}

function Sentence({ told }: { readonly told: ToldStory }) {
  const words = useWords(storyWords)
  const format = useFormat()
  const { sent, buyers, units, proof } = told
  return (
    <p className="text-lead font-semibold text-balance">
      {sent && words.sent(format.count(sent.count), sent.isAtLeast)}
      {buyers === 0 ? words.nobody : words.got(format.count(buyers), format.count(units), buyers)}
      {proof?.isWhole && buyers > 0 && words.whole}
      {words.end}
    </p>
  )
}

function Sent({ sent }: Pick<ToldStory, 'sent'>) {
  const words = useWords(storyWords)
  const format = useFormat()
  if (!sent) return null
  const { count, isAtLeast, accepted, replayed, refused } = sent
  return (
    <Figure
      label={words.figures.sent}
      value={isAtLeast ? words.atLeast(format.count(count)) : format.count(count)}
      note={
        isAtLeast
          ? words.someNotCounted
          : words.sentNote(
              format.count(accepted),
              replayed > 0 ? format.count(replayed) : undefined,
              format.count(refused),
            )
      }
    />
  )
}

function Served({ buyers, units, total, soldShare }: ToldStory) {
  const words = useWords(storyWords)
  const format = useFormat()
  const note = words.servedNote(format.count(units), format.count(total), format.percent(soldShare))
  return <Figure label={words.figures.served} value={format.count(buyers)} note={note} />
}

function Proof({ proof }: Pick<ToldStory, 'proof'>) {
  const words = useWords(storyWords)
  const format = useFormat()
  return (['twice', 'lost'] as const).map((name) => {
    const note = name === 'twice' ? words.twiceNote : words.lostNote
    return (
      <Figure
        key={name}
        label={words.figures[name]}
        value={proof ? format.count(proof[name]) : '…'}
        note={
          <span className={proof && !proof.isWhole ? 'font-semibold text-bad' : proof ? 'text-good' : ''}>
            {!proof ? words.counting : proof.isWhole ? note : words.faultNote}
          </span>
        }
      />
    )
  })
}

function Speed({ selling, p99Ms }: ToldStory) {
  const words = useWords(storyWords)
  const format = useFormat()
  return (
    <>
      {selling && (
        <Figure
          label={selling.isSoldOut ? words.figures.soldOutIn : words.figures.soldFor}
          {...(selling.ms < 60_000 ? format.measure(selling.ms) : { value: format.longSpan(selling.ms) })}
          note={words.speedNote(format.rate(selling.ordersPerSecond))}
        />
      )}
      {p99Ms !== undefined && <Figure label={words.figures.p99} {...format.measure(p99Ms)} note={words.p99Note} />}
    </>
  )
}
