// Owns the list of everything this gateway answers, as data. HTTP routes and WebSocket upgrades stand in
// the same table, and whoever reads it sees at a glance what can be had without a login.
// Must not know handlers: http/ joins names to functions.

import { parseSessionId, type SessionId } from '@limpet/protocol'

/**
 * public: for everyone who reaches the port. login: with the owner's cookie or the token only. share: with the cookie
 * or the secret of the share in the path, and with nothing else: what is below it is another house.
 */
export type Access = 'public' | 'login' | 'share'

export type HandlerName =
  | 'page'
  | 'pageFile'
  | 'health'
  | 'logIn'
  | 'showLogin'
  | 'logOut'
  | 'shareLogIn'
  | 'shareLogOut'
  | 'listSessions'
  | 'showSession'
  | 'readOutput'
  | 'example'
  | 'webSocket'

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Exact, or a folder when it ends in "/*"; ":share" and ":session" stand for an id. */
  readonly path: string
  readonly access: Access
  readonly handler: HandlerName
  /** True: a WebSocket upgrade; a plain request to it answers 426. */
  readonly isUpgrade: boolean
}

function get(path: string, access: Access, handler: HandlerName): Route {
  return { method: 'GET', path, access, handler, isUpgrade: false }
}

function post(path: string, access: Access, handler: HandlerName): Route {
  return { method: 'POST', path, access, handler, isUpgrade: false }
}

function upgrade(path: string, access: Access): Route {
  return { method: 'GET', path, access, handler: 'webSocket', isUpgrade: true }
}

export const ROUTES: readonly Route[] = [
  get('/', 'public', 'page'),
  // Files of the built page, as they lie in its folder; what is not there is no route at all.
  get('/*', 'public', 'pageFile'),
  get('/healthz', 'public', 'health'),
  post('/api/login', 'public', 'logIn'),
  get('/api/login', 'login', 'showLogin'),
  post('/api/logout', 'login', 'logOut'),
  get('/api/sessions', 'login', 'listSessions'),
  get('/api/sessions/:session', 'login', 'showSession'),
  get('/api/sessions/:session/output', 'login', 'readOutput'),
  get('/examples/*', 'login', 'example'),
  upgrade('/ws', 'login'),

  // The same page for who came by a share; all that it asks for lies below its own address.
  get('/s/:share/', 'public', 'page'),
  get('/s/:share/*', 'public', 'pageFile'),
  post('/s/:share/api/login', 'public', 'shareLogIn'),
  get('/s/:share/api/login', 'share', 'showLogin'),
  post('/s/:share/api/logout', 'share', 'shareLogOut'),
  get('/s/:share/api/sessions', 'share', 'listSessions'),
  get('/s/:share/api/sessions/:session', 'share', 'showSession'),
  get('/s/:share/api/sessions/:session/output', 'share', 'readOutput'),
  upgrade('/s/:share/ws', 'share'),
]

/** What the words of a route stand for in one request. */
export interface RouteParams {
  readonly share?: string
  readonly session?: SessionId
}

export interface RouteMatch {
  readonly route: Route
  readonly params: RouteParams
  /** What "*" stands for, with its "/"; empty for an exact route. */
  readonly rest: string
}

/** Says whether the built page has a file at this path. */
export type HasPageFile = (path: string) => Promise<boolean>

/**
 * Finds the route of a request: an exact path wins, then the longest folder. HEAD is GET without a body.
 * @param path decoded by nobody: a route is named in plain letters or not at all
 */
export async function routeFor(
  request: { readonly method: string; readonly path: string },
  hasPageFile: HasPageFile,
): Promise<RouteMatch | undefined> {
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const matches = ROUTES.filter((route) => route.method === method)
    .map((route) => matchOf(route, request.path))
    .filter((match) => match !== undefined)
  const found =
    matches.find(({ route }) => !isFolder(route)) ??
    matches.toSorted((a, b) => b.route.path.length - a.route.path.length).at(0)
  if (found?.route.handler !== 'pageFile') return found
  return (await hasPageFile(found.rest)) ? found : undefined
}

/**
 * @returns what stands where a share is named, whether or not there is one; undefined outside of all shares. Whoever
 * asks for something there is never the owner
 */
export function shareNamedIn(path: string): string | undefined {
  return path.startsWith('/s/') ? (path.split('/')[2] ?? '') : undefined
}

function isFolder({ path }: Route): boolean {
  return path.endsWith('/*')
}

function matchOf(route: Route, path: string): RouteMatch | undefined {
  const wanted = route.path.split('/')
  const given = path.split('/')
  if (isFolder(route)) wanted.pop()
  else if (wanted.length !== given.length) return undefined
  let params: RouteParams = {}
  for (const [index, word] of wanted.entries()) {
    const part = given[index]
    if (part === undefined) return undefined
    const found = word.startsWith(':') ? paramOf(word, part) : word === part ? {} : undefined
    if (found === undefined) return undefined
    params = { ...params, ...found }
  }
  if (!isFolder(route)) return { route, params, rest: '' }
  const rest = given.slice(wanted.length)
  return rest.length === 0 ? undefined : { route, params, rest: `/${rest.join('/')}` }
}

function paramOf(word: string, part: string): RouteParams | undefined {
  if (word === ':share') return /^[0-9a-v]{13}$/.test(part) ? { share: part } : undefined
  const session = parseSessionId(part)
  return session === undefined ? undefined : { session }
}
