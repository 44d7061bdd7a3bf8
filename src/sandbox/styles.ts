/** The sandbox's one style sheet. A string, so that a build has no file to copy. */
export const styles = `:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf8, #17181a);
  --card: light-dark(#ffffff, #202225);
  --ink: light-dark(#1d1f22, #ecedee);
  --quiet: light-dark(#565b62, #a9aeb6);
  --line: light-dark(#d9d6d0, #3a3d42);
  --accent: light-dark(#1f5f4f, #7fd1b9);
  --on-accent: light-dark(#ffffff, #10241e);
  --warn: light-dark(#8a2c1d, #ff9d8a);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.banner { padding: .5rem 1rem; text-align: center; font-size: .875rem; color: var(--on-accent); background: var(--accent); }
main { margin: 2rem auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
main.narrow { width: min(34rem, calc(100% - 1.5rem)); }
main.wide { width: min(76rem, calc(100% - 1.5rem)); }
h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.3; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.0625rem; }
p { margin: .5rem 0; }
a { color: var(--accent); }
.quiet { color: var(--quiet); font-size: .9375rem; }
.warn { color: var(--warn); }
ul.plain { list-style: none; margin: .5rem 0; padding: 0; }
ul.plain > li { padding: .5rem 0; border-top: 1px solid var(--line); }
ul.plain > li:first-child { border-top: 0; }
fieldset { margin: 1rem 0; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
legend { padding: 0 .25rem; font-weight: 600; }
label { display: block; }
.check { display: flex; gap: .6rem; padding: .4rem 0; align-items: baseline; }
.check > span > code { display: block; }
code { font: .8125rem/1.4 ui-monospace, monospace; color: var(--quiet); overflow-wrap: anywhere; }
input[type="text"], input[type="email"], input[type="password"], input[type="number"], select {
  width: 100%; margin: .25rem 0 .75rem; padding: .5rem .6rem; font: inherit; color: inherit;
  background: var(--paper); border: 1px solid var(--quiet); border-radius: .375rem;
}
.row input, .row select { width: auto; max-width: 100%; margin: 0; }
.row label { max-width: 100%; }
.row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: .75rem 0; }
button {
  min-height: 2.75rem; padding: .5rem 1.25rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--accent); background: transparent; border: 1px solid var(--accent); border-radius: .5rem;
}
button.primary { color: var(--on-accent); background: var(--accent); }
button.small { min-height: 2rem; padding: .2rem .75rem; font-size: .875rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.account { display: block; padding: .5rem .75rem; border-radius: .5rem; text-decoration: none; color: inherit; }
.account[aria-current] { outline: 2px solid var(--accent); }
.account strong { display: block; }
summary { cursor: pointer; padding: .5rem 0; color: var(--accent); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .35rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
`
