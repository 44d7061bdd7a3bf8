import { useMe } from '../api/hub-context.tsx'
import { frameTexts, shortcutTexts } from '../texts.ts'
import { Dialog } from '../ui/dialog.tsx'
import { ADMIN_PAGES, FURTHER_PAGES, MAIN_PAGES, pagesFor } from './pages.ts'
import { setPlainShortcuts, usePlainShortcuts } from './shortcuts.ts'
import { isMac } from './is-mac.ts'

const key = 'rounded border border-edge bg-sunken px-1.5 py-0.5 font-sans text-xs font-medium'

/** Every shortcut, and the switch that turns plain letters off. */
export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const me = useMe()
  const plain = usePlainShortcuts()
  const everywhere: [keys: string[], what: string][] = [
    [[isMac() ? frameTexts.searchKeys.mac : frameTexts.searchKeys.other], shortcutTexts.search],
    [['/'], shortcutTexts.find],
    [['?'], shortcutTexts.help],
    [['Esc'], shortcutTexts.closeDialog],
  ]
  const pages = pagesFor(me, [...MAIN_PAGES, ...ADMIN_PAGES, ...FURTHER_PAGES]).flatMap(
    ({ key: letter, label }): [string[], string][] => (letter ? [[['g', letter], label]] : []),
  )
  return (
    <Dialog
      open
      onClose={onClose}
      title={shortcutTexts.title}
      description={shortcutTexts.intro}
      closeOnOutsideClick
    >
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-[3fr_2fr]">
        <List title={shortcutTexts.everywhere} entries={everywhere} />
        <List title={shortcutTexts.goTo} entries={pages} />
      </div>
      <label className="mt-5 flex gap-2.5 border-t border-line pt-4 text-sm">
        <input
          type="checkbox"
          className="mt-0.5 size-4 shrink-0 accent-accent"
          checked={plain}
          onChange={(event) => setPlainShortcuts(event.target.checked)}
        />
        <span>
          {shortcutTexts.plain}
          <span className="block text-muted">{shortcutTexts.plainHelp}</span>
        </span>
      </label>
    </Dialog>
  )
}

function List({ title, entries }: { title: string; entries: [keys: string[], what: string][] }) {
  return (
    <section>
      <h3 className="mb-2 text-sm font-medium text-muted">{title}</h3>
      <dl className="space-y-2 text-sm">
        {entries.map(([keys, what]) => (
          <div key={what} className="flex items-baseline justify-between gap-3">
            <dt>{what}</dt>
            <dd className="flex shrink-0 items-center gap-1">
              {keys.map((name, index) => (
                <span key={name} className="contents">
                  {index > 0 && <span className="sr-only">{shortcutTexts.followedBy}</span>}
                  <kbd className={key}>{name}</kbd>
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
