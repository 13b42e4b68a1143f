// Builds the pages of the folder that it is given into the other one: a process of its own, which can be ended in the middle. Of what
// goes wrong it says one line; `pnpm --filter @flash-sale/pages build` has the picture of it.
import { stripVTControlCharacters } from 'node:util'
import { build } from 'vite'

const [, , root, outDir] = process.argv
try {
  await build({ root: root!, logLevel: 'silent', build: { outDir: outDir!, emptyOutDir: true } })
} catch (error) {
  const lines = stripVTControlCharacters(error instanceof Error ? error.message : String(error)).split('\n')
  const why = lines.find((line) => line.trim() !== '' && !line.startsWith('Build failed with'))
  process.stderr.write(`${why ?? 'Vite does not say why'}\n`)
  process.exitCode = 1
}
