/** Reaches to the last @ of the word, since a password that should have been encoded may hold any character. Ports and paths do not match. */
const passwordInUrl = /(:\/\/[^\s:@/"]*):(?!\d{1,5}\/)[^\s"]*@/g
const passwordParameter = /([?&](?:ssl)?password=)[^\s&"]*/gi
const bearerToken = /\b(Bearer )[\w.~+/=-]+/gi

/** Text without the passwords of URLs and without bearer tokens, for logs and error messages. */
export function hideSecrets(text: string): string {
  return text.replace(passwordInUrl, '$1:***@').replace(passwordParameter, '$1***').replace(bearerToken, '$1***')
}
