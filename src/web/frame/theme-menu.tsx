import { Moon, Sun, SunMoon } from 'lucide-react'
import { THEMES, setTheme, useTheme, type Theme } from '../theme/theme.ts'
import { frameTexts } from '../texts.ts'
import { Menu, MenuLabel, MenuRadioGroup, MenuRadioItem } from '../ui/menu.tsx'
import { iconButtonClass } from './icon-button.ts'

const ICONS = { light: Sun, dark: Moon, system: SunMoon }

export function ThemeMenu() {
  const theme = useTheme()
  const Icon = ICONS[theme]
  return (
    <Menu
      trigger={
        <button type="button" aria-label={frameTexts.theme} className={iconButtonClass}>
          <Icon aria-hidden className="size-5" />
        </button>
      }
    >
      <MenuLabel>{frameTexts.theme}</MenuLabel>
      <MenuRadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
        {THEMES.map((name) => (
          <MenuRadioItem key={name} value={name}>
            {frameTexts.themes[name]}
          </MenuRadioItem>
        ))}
      </MenuRadioGroup>
    </Menu>
  )
}
