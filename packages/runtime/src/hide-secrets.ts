/** Reaches to the last @ of the word, since a password that should have been encoded may hold any character. Ports and paths do not match. */
const passwordInUrl = /(:\/\/[^\s:@/"]*):(?!\d{1,5}\/)[^\s"]*@/g
const passwordParameter = /([?&](?:ssl)?password=)[^\s&"]*/gi
const bearerToken = /\b(Bearer )[\w.~+/=-]+/gi

/** Keys of Stripe, and secrets of webhooks. */
const providerSecret = /\b((?:sk|rk)_(?:live|test)_|whsec_)[\w+/=]+/g

/** Text without the passwords of URLs, bearer tokens and secrets of payment providers, for logs and error messages. */
export function hideSecrets(text: string): string {
  return text
    .replace(passwordInUrl, '$1:***@')
    .replace(passwordParameter, '$1***')
    .replace(bearerToken, '$1***')
    .replace(providerSecret, '$1***')
}
