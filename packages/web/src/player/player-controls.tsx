// Owns the player's controls: play, where it is, when that was, how fast.

import type { VNode } from 'preact'
import { useApp } from '../ui/app-context.ts'
import { formatClock, formatElapsed } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'
import { SPEEDS, type Playback } from './playback.ts'

export function PlayerControls({ playback }: { readonly playback: Playback }): VNode {
  const isPlaying = playback.isPlaying.value
  return (
    <div class="player-controls" role="group" aria-label="Player">
      <button
        type="button"
        class="control square"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        title={isPlaying ? 'Pause (Space)' : 'Play (Space)'}
        onClick={() => playback.toggle()}
      >
        <Icon name={isPlaying ? 'pause' : 'play'} />
      </button>
      <Scrubber playback={playback} />
      <span class="player-when" title="By the machine's clock">
        {formatClock(playback.wallTime())}
      </span>
      <SpeedButton playback={playback} />
    </div>
  )
}

function Scrubber({ playback }: { readonly playback: Playback }): VNode {
  const { durationMs } = playback.timeline.value
  const position = playback.positionMs.value
  const at = formatElapsed(position)
  const total = formatElapsed(durationMs)
  return (
    <>
      <span class="player-time">
        {at} <span class="of">/ {total}</span>
      </span>
      <input
        type="range"
        aria-label="Position"
        aria-valuetext={`${at} of ${total}, ${formatClock(playback.wallTime())}`}
        min={0}
        max={Math.max(1, durationMs)}
        step="any"
        value={position}
        style={{ '--share': `${(100 * position) / Math.max(1, durationMs)}%` }}
        onInput={(event) => {
          playback.pause()
          void playback.seek(event.currentTarget.valueAsNumber)
        }}
      />
    </>
  )
}

function SpeedButton({ playback }: { readonly playback: Playback }): VNode {
  const { floating } = useApp()
  return (
    <button
      type="button"
      class="control player-speed"
      aria-haspopup="menu"
      aria-label={`Speed: ${playback.speed.value} times`}
      onClick={(event) => {
        const speeds = SPEEDS.map((speed) => ({
          label: speed === 1 ? 'As it was' : `${speed} ×`,
          isChosen: playback.speed.peek() === speed,
          run: () => {
            playback.speed.value = speed
          },
        }))
        const shortens = playback.shortensPauses.peek()
        const pauses = {
          label: 'Shorten long pauses',
          isChosen: shortens,
          run: () => playback.setShortensPauses(!shortens),
        }
        const items = [...speeds, undefined, pauses]
        floating.menu.value = { title: 'Speed', items, ...below(event) }
      }}
    >
      {playback.speed.value}×
    </button>
  )
}
