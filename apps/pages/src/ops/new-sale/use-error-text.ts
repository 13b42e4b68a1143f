import { useFormat } from '../../language/LanguageContext.ts'
import { useOpsWords } from '../words.ts'
import { textMax, type DraftErrors } from './check-sale.ts'

/** What is to be corrected in a field, for the reader; undefined where nothing is. */
export function useErrorText(errors: DraftErrors): (field: string) => string | undefined {
  const words = useOpsWords().newSale.errors
  const format = useFormat()
  return (field) => {
    const error = errors.get(field)
    if (!error) return undefined
    return error === 'text'
      ? words.text(format.count(field.endsWith('-sku') ? textMax.sku : textMax.name))
      : words[error]
  }
}
