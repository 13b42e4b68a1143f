/** A statement of a strategy as a timeline shows it: with its values, and with nothing cut off that decides the outcome. */
export function sqlLabel(asked: unknown, values: unknown): string {
  const text = typeof asked === 'string' ? asked : String((asked as { text?: string }).text)
  return withValues(text, values)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^WITH \w+ AS \( (.*) \) INSERT INTO .*$/, '$1 + INSERT order')
    .replace(/ RETURNING [\w, ]+?(?= \+|$)/, '')
    .replace(/^INSERT INTO lab_orders .*$/, 'INSERT order')
    .replace('UPDATE lab_stock SET ', 'UPDATE ')
    .replace(' FROM lab_stock', '')
    .replace(/ WHERE id = \d+ AND /, ' WHERE ')
    .replace(/ WHERE id = \d+/, '')
    .replaceAll(/ ([=>+-]) (?!INSERT)/g, '$1')
}

function withValues(text: string, values: unknown): string {
  if (!Array.isArray(values)) return text
  return text.replaceAll(/\$(\d+)/g, (_, index: string) => String(values[Number(index) - 1]))
}
