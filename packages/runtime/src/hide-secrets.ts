/** Up to the last @ of the word, for a password that should have been encoded holds anything. A port and a path are none. */
const passwordInUrl = /(:\/\/[^\s:@/"]*):(?!\d{1,5}\/)[^\s"]*@/g
const passwordParameter = /([?&](?:ssl)?password=)[^\s&"]*/gi
const bearerToken = /\b(Bearer )[\w.~+/=-]+/gi

/** Text without the passwords of URLs and without bearer tokens, for logs and error messages. */
export function hideSecrets(text: string): string {
  return text.replace(passwordInUrl, '$1:***@').replace(passwordParameter, '$1***').replace(bearerToken, '$1***')
}
