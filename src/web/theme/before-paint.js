// Loaded as a classic, blocking script in <head>: the chosen theme and direction are on the page before anything is
// painted. A file of its own because the Content-Security-Policy allows no inline scripts.
;(function () {
  var root = document.documentElement
  var asked = new URLSearchParams(location.search).get('dir')
  var theme = null
  var direction = asked
  try {
    theme = localStorage.getItem('trunkline-theme')
    if (asked === 'rtl') localStorage.setItem('trunkline-direction', asked)
    else if (asked === 'ltr') localStorage.removeItem('trunkline-direction')
    direction = localStorage.getItem('trunkline-direction')
  } catch (_) {
    // Storage may be switched off; the system's theme serves, and what the address says.
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.classList.toggle('dark', dark)
  root.dir = direction === 'rtl' ? 'rtl' : 'ltr'
})()
