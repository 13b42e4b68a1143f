/** Whether the text is a whole web address. The service judges the rest, for example whether it may send there. */
export function isEndpointUrl(text: string): boolean {
  return /^https?:\/\/[!-~]+$/.test(text) && URL.canParse(text)
}
