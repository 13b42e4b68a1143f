const labelMax = 100

/** A statement of a strategy as a timeline shows it: with its values, and with nothing cut off that decides the outcome. */
export function sqlLabel(asked: unknown, values: unknown): string {
  const label = labelOf(asked, values)
  return label.length > labelMax ? `${label.slice(0, labelMax)}…` : label
}

function labelOf(asked: unknown, values: unknown): string {
  const text = typeof asked === 'string' ? asked : String((asked as { text?: string }).text)
  return (
    withValues(text, values)
      .replaceAll(/\s+/g, ' ')
      .trim()
      .replace(/^WITH \w+ AS \( ?(.*?) ?\) INSERT INTO .*$/, '$1 + INSERT order')
      .replace(/ RETURNING [\w, ]+?(?= \+|$)/, '')
      .replace(/^INSERT INTO lab_orders .*$/, 'INSERT order')
      // The product's own reads and notes: only their table matters here.
      .replace(/^SELECT .* FROM (?:"public"\.)?"?(?!lab_)(\w+).*$/, 'SELECT … FROM $1')
      .replace(/^INSERT INTO (?:"public"\.)?"?(?!lab_)(\w+).*$/, 'INSERT INTO $1 …')
      .replace('UPDATE lab_stock SET ', 'UPDATE ')
      .replace(' FROM lab_stock', '')
      .replace(/ WHERE id = \d+ AND /, ' WHERE ')
      .replace(/ WHERE id = \d+/, '')
      .replaceAll(/ ([=>+-]) (?!INSERT)/g, '$1')
  )
}

function withValues(text: string, values: unknown): string {
  if (!Array.isArray(values)) return text
  return text.replaceAll(/\$(\d+)/g, (_, index: string) => String(values[Number(index) - 1]))
}
