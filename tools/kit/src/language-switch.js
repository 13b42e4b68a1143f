// The language: the one chosen before, else the reader's own. A page that is opened as a file may have no memory.
const remembered = () => {
  try {
    return localStorage.getItem('language')
  } catch {
    return null
  }
}
const choose = (language) => {
  document.documentElement.lang = language
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === language))
  }
}
choose(remembered() ?? (navigator.language.startsWith('zh') ? 'zh' : 'en'))
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => {
    choose(button.dataset.language)
    try {
      localStorage.setItem('language', button.dataset.language)
    } catch {
      // Then it is asked again next time.
    }
  })
}
