/** Without what Postgres' text cannot hold: NUL, and lone surrogates, which UTF-8 has no form for. */
export function storable(text: string, lengthMax: number): string {
  return Array.from(Buffer.from(text).toString().replaceAll('\0', '')).slice(0, lengthMax).join('')
}
