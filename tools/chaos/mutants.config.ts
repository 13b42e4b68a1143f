import { mergeConfig } from 'vitest/config'
import base from '../../vitest.config.ts'
import { mutatedSource } from './src/mutants/mutate-source.ts'
import { sourceMutants } from './src/mutants/source-mutants.ts'

const mutant = sourceMutants.find(({ name }) => name === process.env['MUTANT'])

/** The tests as always, and one file as if its guard were not there. */
export default mergeConfig(base, {
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      transform(text: string, id: string) {
        if (!mutant || !id.endsWith(`/${mutant.file}`)) return undefined
        return { code: mutatedSource(text, mutant), map: null }
      },
    },
  ],
})
