import { useEffect, useState } from 'react'
import { useWords } from '../language/words.ts'
import { Button } from './Button.tsx'
import { designWords } from './words.ts'

const thankMs = 2_000

/** Copies text. Browsers have the clipboard on HTTPS only: elsewhere there is no button, and the reader selects the text. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const words = useWords(designWords)
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setCopied(false), thankMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  if (!('clipboard' in navigator)) return null
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => undefined,
    )
  return (
    <Button size="small" aria-label={label} onClick={copy}>
      <span aria-live="polite">{isCopied ? words.copied : words.copy}</span>
    </Button>
  )
}
