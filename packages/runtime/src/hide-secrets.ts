const passwordInUrl = /(:\/\/[^\s:@/"]*):[^\s/"]*@/g
const bearerToken = /\b(Bearer )[\w.~+/=-]+/gi

/** Text without the passwords of URLs and without bearer tokens, for logs and error messages. */
export function hideSecrets(text: string): string {
  return text.replace(passwordInUrl, '$1:***@').replace(bearerToken, '$1***')
}
