// Owns where the player is shown, and that its code is loaded when it is first needed.

import type { SessionInfo } from '@limpet/protocol'
import type { FunctionComponent, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../ui/app-context.ts'
import { nameOf } from '../ui/format.ts'

type Player = FunctionComponent<{ readonly session: SessionInfo; readonly close: () => void }>

export function ReplayPlace({ session }: { readonly session: SessionInfo }): VNode {
  const { replayed, floating } = useApp()
  const [player, setPlayer] = useState<{ readonly view: Player } | undefined>(undefined)
  const close = (): void => {
    replayed.value = undefined
  }
  useEffect(() => {
    import('../player/player-view.tsx').then(
      ({ PlayerView }) => setPlayer({ view: PlayerView }),
      () => {
        close()
        floating.say('Could not load the player: the machine does not answer.', 'failed')
      },
    )
  }, [])
  if (player === undefined) {
    return <section class="view" aria-label={`Replay of ${nameOf(session)}`} />
  }
  const { view: PlayerView } = player
  return <PlayerView key={session.id} session={session} close={close} />
}
