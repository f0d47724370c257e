// Owns the search for what an ended process left behind: members of its process session, and everything
// that carries its LIMPET_SESSION, wherever it daemonised itself to. Must not know why they are wanted.

import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { SESSION_VARIABLE } from './environment.ts'
import { readProcessEntry, type ProcessEntry } from './proc-stat.ts'

/** Entries read between two turns of the event loop: about a millisecond. */
const SLICE_COUNT = 64

/** Environments read at the same time; the thread pool has four threads, for others too. */
const PARALLEL_READS = 3

/**
 * A process may keep its environment from being read for as long as it is stuck in the kernel; then the
 * search answers with what it knows by now. The members of a process session are always among it.
 */
const SEARCH_TIMEOUT_MS = 500

/** kthreadd; its children are threads of the kernel. */
const KERNEL_PARENT = 2

/** How long pids are sure to have been handed out upwards without starting over: 10 000 a second would not. */
const ASCENDING_PIDS_MS = 1_000

export interface SessionMark {
  /** Pid of the process that was started: the leader of its process session. */
  readonly leader: number
  /** When it started, as /proc says: nobody older is a descendant. 0 when that is not known. */
  readonly startTicks: number
  /** Value of LIMPET_SESSION. */
  readonly sessionId: string
  /** How long the process has run, in milliseconds. */
  readonly ranMs: number
  /** Reaped: its number may already belong to somebody else. */
  readonly hasExited: boolean
}

interface Request {
  readonly mark: SessionMark
  readonly resolve: (found: readonly number[]) => void
  readonly reject: (error: unknown) => void
}

/** Looks through /proc; whoever asks during a search shares the next one. */
export class DescendantFinder {
  #waiting: Request[] = []
  #isSearching = false
  /** Reads that have not come back; they are not begun a second time. */
  readonly #reading = new Set<number>()

  /**
   * @returns pids of all living descendants, without the leader itself and without zombies
   * @throws Error when /proc cannot be listed, for want of descriptors
   */
  async find(mark: SessionMark): Promise<readonly number[]> {
    // Most commands are short and leave nothing behind, which one look at the numbers tells.
    if (candidates([mark]).length === 0) return []
    return new Promise((resolve, reject) => {
      this.#waiting.push({ mark, resolve, reject })
      if (!this.#isSearching) void this.#search()
    })
  }

  async #search(): Promise<void> {
    this.#isSearching = true
    while (this.#waiting.length > 0) {
      const requests = this.#waiting.splice(0)
      try {
        const marks = requests.map(({ mark }) => mark)
        const entries = await readEntries(candidates(marks))
        const sessionIds = await this.#readSessionIds(entries, marks)
        for (const { mark, resolve } of requests) resolve(match(mark, entries, sessionIds))
      } catch (error) {
        for (const { reject } of requests) reject(error)
      }
    }
    this.#isSearching = false
  }

  async #readSessionIds(
    entries: ReadonlyMap<number, ProcessEntry>,
    marks: readonly SessionMark[],
  ): Promise<ReadonlyMap<number, string>> {
    const oldest = Math.min(...marks.map(({ startTicks }) => startTicks))
    const young = [...entries.values()].filter(({ startTicks }) => startTicks >= oldest)
    const pids = young.map(({ pid }) => pid)
    const sessionIds = new Map<number, string>()
    const readNext = async (): Promise<void> => {
      for (let pid = pids.pop(); pid !== undefined; pid = pids.pop()) {
        if (this.#reading.has(pid)) continue
        this.#reading.add(pid)
        const sessionId = await readSessionId(pid)
        this.#reading.delete(pid)
        if (sessionId !== undefined) sessionIds.set(pid, sessionId)
      }
    }
    const workers = Array.from({ length: PARALLEL_READS }, readNext)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, SEARCH_TIMEOUT_MS)
      const finish = (): void => {
        clearTimeout(timer)
        resolve()
      }
      void Promise.all(workers).then(finish)
    })
    return sessionIds
  }
}

/** @returns pids of which one or the other may descend from one of `marks` */
function candidates(marks: readonly SessionMark[]): readonly number[] {
  const newest = Number(readFileSync('/proc/loadavg', 'latin1').trim().split(' ').at(-1))
  const pids = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  return pids.filter((pid) => marks.some((mark) => mayDescend(pid, mark, newest)))
}

/** Pids ascend until they start over: what descends from a short-lived process has a higher one. */
function mayDescend(
  pid: number,
  { leader, ranMs, hasExited }: SessionMark,
  newest: number,
): boolean {
  const isAscending = hasExited && ranMs <= ASCENDING_PIDS_MS && newest >= leader
  return isAscending ? pid > leader : pid !== leader || hasExited
}

function match(
  { leader, startTicks: oldest, sessionId, hasExited }: SessionMark,
  entries: ReadonlyMap<number, ProcessEntry>,
  sessionIds: ReadonlyMap<number, string>,
): number[] {
  // While members live, the kernel gives their session's number to no new process. So if somebody has it
  // after the leader was reaped, there are no members, and that is a stranger with a session of its own.
  const isNumberReused = hasExited && entries.has(leader)
  return [...entries.values()]
    .filter(({ pid, processSession, startTicks }) => {
      if (pid === leader || startTicks < oldest) return false
      const marked = sessionIds.get(pid)
      if (marked !== undefined) return marked === sessionId
      return processSession === leader && !isNumberReused
    })
    .map(({ pid }) => pid)
}

/** @returns those that live, but for this process and the kernel's threads */
async function readEntries(pids: readonly number[]): Promise<ReadonlyMap<number, ProcessEntry>> {
  const entries = new Map<number, ProcessEntry>()
  for (const [index, pid] of pids.entries()) {
    if (index % SLICE_COUNT === SLICE_COUNT - 1) await new Promise(setImmediate)
    const entry = readProcessEntry(pid)
    if (entry === undefined || entry.state === 'Z' || entry.state === 'X') continue
    if (pid === process.pid || pid === KERNEL_PARENT || entry.parentPid === KERNEL_PARENT) continue
    entries.set(pid, entry)
  }
  return entries
}

/** @returns undefined when it has none, or when it runs as somebody else and may not be read */
async function readSessionId(pid: number): Promise<string | undefined> {
  try {
    // Not synchronous: the kernel waits for the process's memory lock, which a stuck one may hold for ever.
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1')
    const prefix = `${SESSION_VARIABLE}=`
    return environment
      .split('\0')
      .find((entry) => entry.startsWith(prefix))
      ?.slice(prefix.length)
  } catch {
    return undefined
  }
}
