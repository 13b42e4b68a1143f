import type { Page } from 'playwright-core'

/** Faults of the layout: a page that scrolls sideways, a text outside the window or its frame, a text over another, a number over two lines. Empty if there are none. */
export async function layoutFaults(page: Page): Promise<string[]> {
  // A new size is drawn after two frames, since some parts measure themselves first.
  await page.evaluate(`new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))`)
  return page.evaluate(findFaults)
}

/** Runs in the page. */
const findFaults = `(() => {
  const faults = []
  const { scrollWidth } = document.documentElement
  if (scrollWidth > innerWidth) faults.push('the page scrolls to ' + scrollWidth)
  const dialog = document.querySelector('dialog[open]')
  if (dialog && dialog.scrollWidth > dialog.clientWidth) faults.push('the dialog scrolls to ' + dialog.scrollWidth)
  const lines = linesOf(dialog ?? document.body)
  for (const { rect, parent, text } of lines) {
    if (rect.right > innerWidth + 1 || rect.left < -1) faults.push('outside the window: ' + text)
    const frame = parent.closest('button, a, dialog, section, article')?.getBoundingClientRect()
    if (frame && (rect.right > frame.right + 1 || rect.left < frame.left - 1)) faults.push('over the edge of its frame: ' + text)
  }
  lines.sort((a, b) => a.rect.top - b.rect.top)
  lines.forEach((line, at) => {
    for (let next = at + 1; next < lines.length && lines[next].rect.top < line.rect.bottom; next += 1) {
      if (lines[next].parent !== line.parent && overlap(line.rect, lines[next].rect))
        faults.push('one over the other: ' + line.text + ' | ' + lines[next].text)
    }
  })
  return [...new Set(faults)].slice(0, 12)

  /** The visible part of every visible line of text. */
  function linesOf(root) {
    const lines = []
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const node = walker.currentNode
      const parent = node.parentElement
      if (!node.data.trim() || !parent.checkVisibility({ contentVisibilityAuto: true, checkVisibilityCSS: true })) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      if (isNumberInParts(node, range)) faults.push('a number over two lines: ' + node.data.trim())
      for (const rect of range.getClientRects()) {
        const seen = clipped(rect, parent)
        if (seen.right - seen.left > 2 && seen.bottom - seen.top > 2)
          lines.push({ rect: seen, parent, text: node.data.trim().slice(0, 40) })
      }
    }
    return lines
  }

  /** Only a number wider than a third of the window may be broken. */
  function isNumberInParts({ data }, range) {
    if (!/^[\\d.,]{2,}$/.test(data.trim())) return false
    const rects = [...range.getClientRects()]
    const width = rects.reduce((sum, rect) => sum + rect.width, 0)
    return width < innerWidth / 3 && new Set(rects.map(({ top }) => Math.round(top))).size > 1
  }

  function clipped({ left, right, top, bottom }, element) {
    for (let box = element; box && box !== document.body; box = box.parentElement) {
      const { overflowX, position } = getComputedStyle(box)
      if (overflowX !== 'visible') {
        const edge = box.getBoundingClientRect()
        left = Math.max(left, edge.left)
        right = Math.min(right, edge.right)
        top = Math.max(top, edge.top)
        bottom = Math.min(bottom, edge.bottom)
      }
      if (position === 'fixed') break
    }
    return { left, right, top, bottom }
  }

  /** Letters are lower than their lines, so lines may touch. */
  function overlap(a, b) {
    const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
    const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
    return width > 2 && height > 0.4 * Math.min(a.bottom - a.top, b.bottom - b.top)
  }
})()`
