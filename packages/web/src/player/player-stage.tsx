// Owns where a recording is shown: the two terminals of a playback on top of each other, as large as the recording is,
// in smaller type when there is less room.

import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { fontSizeFor } from '../terminal/fit.ts'
import type { Box } from '../terminal/cell-size.ts'
import { readTheme } from '../terminal/theme.ts'
import { useApp } from '../ui/app-context.ts'
import type { Playback } from './playback.ts'
import type { Projector } from './projector.ts'

export function PlayerStage({ playback }: { readonly playback: Playback }): VNode {
  const { settings, terminals } = useApp()
  const stage = useRef<HTMLDivElement>(null)
  const box = useSignal<Box | undefined>(undefined)
  useEffect(() => {
    if (stage.current === null) return undefined
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) box.value = entry.contentRect
    })
    observer.observe(stage.current)
    return () => observer.disconnect()
  }, [box])
  const fontSize = useComputed(() => {
    const most = settings.fontSize.value
    const size = playback.size.value
    return box.value === undefined
      ? most
      : fontSizeFor({ size, box: box.value, most, renderer: 'dom' })
  })
  useSignalEffect(() => {
    for (const { xterm } of playback.projectors) xterm.options.fontSize = fontSize.value
  })
  useSignalEffect(() => {
    void terminals.themeRevision.value
    const theme = readTheme()
    for (const { xterm } of playback.projectors) xterm.options.theme = theme
  })
  // From its first moment on there is something to see.
  useEffect(() => void playback.seek(0).then(() => playback.play()), [playback])
  return (
    <div ref={stage} class="player-stage">
      {playback.projectors.map((projector, place) => (
        <Screen key={place} projector={projector} isSeen={playback.front.value === place} />
      ))}
    </div>
  )
}

function Screen(props: { readonly projector: Projector; readonly isSeen: boolean }): VNode {
  const { projector, isSeen } = props
  const host = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (host.current === null || projector.xterm.element !== undefined) return
    projector.xterm.open(host.current)
    const { textarea } = projector.xterm
    // What is played takes no keys.
    textarea?.setAttribute('tabindex', '-1')
    textarea?.setAttribute('aria-hidden', 'true')
  }, [projector])
  return <div ref={host} class={`player-screen ${isSeen ? 'seen' : ''}`} aria-hidden={!isSeen} />
}
