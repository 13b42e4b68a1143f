import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Font, Glyph, Path } from 'opentype.js'

const require = createRequire(import.meta.url)

/** The Unicode blocks of Chinese pages: punctuation, ideographs, full-width forms. */
const chineseBlocks = [
  [0x30_00, 0x30_3f],
  [0x4e_00, 0x9f_ff],
  [0xff_00, 0xff_ef],
] as const

/**
 * Writes fonts into `folder`. Returns the environment in which a browser uses these fonts alone, so that a page has the same width on every
 * machine, even on one without fonts. DejaVu is wider than nearly all usual fonts; Chinese characters are squares, as in every font. It
 * works where Chromium uses fontconfig, so not on a Mac.
 */
export async function layTestFonts(folder: string): Promise<Readonly<Record<string, string>>> {
  const dejavu = path.join(path.dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf')
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'squares.otf'), squares())
  const settings = path.join(folder, 'fonts.conf')
  await writeFile(settings, fontSettings([dejavu, folder], path.join(folder, 'cache')))
  return { FONTCONFIG_FILE: settings }
}

function fontSettings(folders: readonly string[], cache: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  ${folders.map((folder) => `<dir>${folder}</dir>`).join('\n  ')}
  <cachedir>${cache}</cachedir>
  <selectfont><rejectfont><glob>*/DejaVu*Serif*</glob><glob>*/DejaVu*Condensed*</glob><glob>*/DejaVuMath*</glob></rejectfont></selectfont>
  <alias binding="strong"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <match><edit name="family" mode="append_last" binding="strong"><string>DejaVu Sans</string></edit></match>
</fontconfig>
`
}

/** A font whose every character is a square of the full width. */
function squares(): Buffer {
  const square = new Path()
  square.moveTo(50, 0)
  square.lineTo(950, 0)
  square.lineTo(950, 800)
  square.lineTo(50, 800)
  square.close()
  const glyph = (name: string, unicode: number) => new Glyph({ name, unicode, advanceWidth: 1_000, path: square })
  const characters = chineseBlocks.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, at) => glyph(`u${(first + at).toString(16)}`, first + at)),
  )
  const font = new Font({
    familyName: 'Squares',
    styleName: 'Regular',
    unitsPerEm: 1_000,
    ascender: 880,
    descender: -120,
    glyphs: [glyph('.notdef', 0), ...characters],
  })
  return Buffer.from(font.toArrayBuffer())
}
