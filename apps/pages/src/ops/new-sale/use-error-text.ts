import { useFormat } from '../../language/LanguageContext.ts'
import { useOpsWords } from '../words.ts'
import { priceCentsMax, textMax, type DraftErrors } from './check-sale.ts'

/** The text of a field's error in the reader's language; undefined if the field is right. */
export function useErrorText(errors: DraftErrors, currency = ''): (field: string) => string | undefined {
  const words = useOpsWords().newSale.errors
  const format = useFormat()
  return (field) => {
    const error = errors.get(field)
    if (!error) return undefined
    if (error === 'price') return words.price(format.price(priceCentsMax, currency === '' ? undefined : currency))
    return error === 'text'
      ? words.text(format.count(field.endsWith('-sku') ? textMax.sku : textMax.name))
      : words[error]
  }
}
