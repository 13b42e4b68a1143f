import { fileURLToPath } from 'node:url'

/** The project of the shop and the dashboard: src and dist of this package are equally deep in the workspace. */
export const pagesSource = fileURLToPath(new URL('../../../../apps/pages/', import.meta.url))
