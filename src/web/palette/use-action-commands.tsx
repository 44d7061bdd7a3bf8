import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { LogOut, Moon, PilcrowLeft, PilcrowRight, Rocket, Sun, SunMoon } from 'lucide-react'
import { useMemo } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { useSignedOut } from '../frame/session.ts'
import { commandTexts } from '../texts.ts'
import { directionNow, setDirection } from '../theme/direction.ts'
import { setTheme, THEMES, useTheme } from '../theme/theme.ts'
import { useTour } from '../tour/tour-state.ts'
import type { Command, CommandSource } from './command.ts'
import { Glyph } from './glyph.tsx'

const ICONS = { light: Sun, dark: Moon, system: SunMoon }

/** What belongs to no page: how the dashboard looks, the first steps, the way out. */
export const useActionCommands: CommandSource = () => {
  const hub = useHub()
  const navigate = useNavigate()
  const theme = useTheme()
  const { begin } = useTour()
  const signedOut = useSignedOut()
  const { mutate: signOut } = useMutation({ mutationFn: hub.signOut, onSuccess: () => signedOut() })
  return useMemo(() => {
    const action = (id: string, name: string, icon: typeof Sun, run: () => void): Command => ({
      id,
      name,
      group: commandTexts.groups.actions,
      picture: <Glyph icon={icon} />,
      typed: true,
      run,
    })
    const other = directionNow() === 'rtl' ? 'ltr' : 'rtl'
    return [
      ...THEMES.filter((name) => name !== theme).map((name) =>
        action(`theme-${name}`, commandTexts.theme[name], ICONS[name], () => setTheme(name)),
      ),
      action('direction', commandTexts.direction[other], other === 'rtl' ? PilcrowLeft : PilcrowRight, () =>
        setDirection(other),
      ),
      action('tour', commandTexts.tour, Rocket, () => {
        begin()
        void navigate({ to: '/' })
      }),
      action('sign-out', commandTexts.signOut, LogOut, () => signOut()),
    ]
  }, [theme, begin, navigate, signOut])
}
