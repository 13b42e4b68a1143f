import { useWords } from '../language/words.ts'
import { Button } from './Button.tsx'
import { Empty } from './Empty.tsx'
import { designWords } from './words.ts'

/** Replaces a page that failed. */
export function FaultPage({ fault }: { readonly fault: string }) {
  const words = useWords(designWords)
  return (
    <main className="mx-auto max-w-xl py-16" role="alert">
      <Empty
        icon="warning"
        title={words.fault}
        action={
          <Button kind="primary" onClick={() => location.reload()}>
            {words.reload}
          </Button>
        }
      >
        <p>{words.faultAdvice}</p>
        <p className="mt-3 font-mono text-small">{fault}</p>
      </Empty>
    </main>
  )
}
