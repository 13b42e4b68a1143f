const refreshEveryMs = 5_000

/** A list is refreshed while its first page alone is open, since a refresh reads every open page again. */
export function refreshFirstPage({
  state,
}: {
  readonly state: { readonly data?: { readonly pages: readonly unknown[] } | undefined }
}): number | false {
  return (state.data?.pages.length ?? 0) > 1 ? false : refreshEveryMs
}
