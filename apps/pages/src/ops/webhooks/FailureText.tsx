import { useWords } from '../../language/words.ts'
import { webhooksWords } from './webhooks-words.ts'

/** Why a message was not delivered, in the reader's language if the page knows the failure. */
export function FailureText({ failure }: { readonly failure: string }) {
  const text = useWords(webhooksWords).failure(failure)
  return <span lang={text === failure ? 'en' : undefined}>{text}</span>
}
