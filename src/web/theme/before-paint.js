// Loaded as a classic, blocking script in <head>: the chosen theme is on the page before anything is painted.
// A file of its own because the Content-Security-Policy allows no inline scripts.
;(function () {
  var chosen = null
  try {
    chosen = localStorage.getItem('trunkline-theme')
  } catch (_) {
    // Storage may be switched off; the system's theme serves.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
})()
