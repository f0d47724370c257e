// Owns the stream: blocks of commands, oldest above, the bar below. Where one is in it: use-scroll-place.ts.

import { useSignal } from '@preact/signals'
import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { useApp } from '../ui/app-context.ts'
import { plural } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { Bar } from './bar.tsx'
import { BlockView } from './block-view.tsx'
import { EmptyStream } from './empty-stream.tsx'
import { useScrollPlace } from './use-scroll-place.ts'

/** Blocks shown at first, and how many more with each wish. */
const PAGE_BLOCKS = 60

export function StreamView(): VNode {
  const { sessions, programs, blocks } = useApp()
  const limit = useSignal(PAGE_BLOCKS)
  const scroller = useRef<HTMLDivElement>(null)
  const all = sessions.stream.value
  const shown = all.slice(-limit.value)
  const newest = shown.at(-1)
  const { handleScroll, goToEnd } = useScrollPlace(scroller, newest)
  const isEmpty = all.length === 0 && sessions.isListed.value
  return (
    <section class="view" aria-label="Stream">
      <div ref={scroller} class="stream" onScroll={(event) => handleScroll(event.currentTarget)}>
        <div class="stream-list" role="log" aria-label="Commands" aria-live="off">
          {isEmpty && <EmptyStream />}
          {all.length > shown.length && (
            <button
              type="button"
              class="control stream-earlier"
              onClick={() => {
                limit.value += PAGE_BLOCKS
              }}
            >
              {plural(all.length - shown.length, 'earlier command')}
            </button>
          )}
          {shown.map((session) => (
            <BlockView key={session.id} session={session} isNewest={session === newest} />
          ))}
        </div>
      </div>
      <Announcements newest={newest} />
      <div class="bar-area">
        {!blocks.followsEnd.value && (
          <button type="button" class="control newest-pill" onClick={goToEnd}>
            <Icon name="down" /> newest
          </button>
        )}
        {programs.hasBar.value && <Bar />}
      </div>
    </section>
  )
}

/**
 * What a screen reader hears of the stream: that a command has ended and how, not each line of a flood. The log
 * itself is read on demand.
 */
function Announcements({ newest }: { readonly newest: SessionInfo | undefined }): VNode {
  const { launcher, blocks } = useApp()
  const isOwn = newest !== undefined && launcher.ownCommands.value.has(newest.id)
  const hasEnded = isOwn && newest.state !== 'running'
  const total = hasEnded ? (blocks.of(newest.id).output.value?.total ?? 0) : 0
  const words = hasEnded
    ? `${newest.title}: ${newest.exit?.code === 0 ? 'done' : 'failed'}, ${plural(total, 'line')}`
    : ''
  return (
    <div class="visually-hidden" role="status" aria-label="Newest command">
      {words}
    </div>
  )
}
