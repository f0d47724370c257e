// Owns the list of everything this gateway answers, as data. HTTP routes and WebSocket upgrades stand in
// the same table, and whoever reads it sees at a glance what can be had without a login.
// Must not know handlers: http/ joins names to functions.

/** public: for everyone who reaches the port. login: with a cookie or the token only. */
export type Access = 'public' | 'login'

export type HandlerName =
  | 'page'
  | 'pageFile'
  | 'health'
  | 'logIn'
  | 'showLogin'
  | 'logOut'
  | 'example'
  | 'webSocket'

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Exact, or a folder when it ends in "/*". */
  readonly path: string
  readonly access: Access
  readonly handler: HandlerName
  /** True: a WebSocket upgrade; a plain request to it answers 426. */
  readonly isUpgrade: boolean
}

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/', access: 'public', handler: 'page', isUpgrade: false },
  // Files of the built page, as they lie in its folder; what is not there is no route at all.
  { method: 'GET', path: '/*', access: 'public', handler: 'pageFile', isUpgrade: false },
  { method: 'GET', path: '/healthz', access: 'public', handler: 'health', isUpgrade: false },
  { method: 'POST', path: '/api/login', access: 'public', handler: 'logIn', isUpgrade: false },
  { method: 'GET', path: '/api/login', access: 'login', handler: 'showLogin', isUpgrade: false },
  { method: 'POST', path: '/api/logout', access: 'login', handler: 'logOut', isUpgrade: false },
  { method: 'GET', path: '/examples/*', access: 'login', handler: 'example', isUpgrade: false },
  { method: 'GET', path: '/ws', access: 'login', handler: 'webSocket', isUpgrade: true },
]

/** Says whether the built page has a file at this path. */
export type HasPageFile = (path: string) => Promise<boolean>

/**
 * Finds the route of a request: an exact path wins, then the longest folder. HEAD is GET without a body.
 * @param path decoded by nobody: a route is named in plain letters or not at all
 */
export async function routeFor(
  request: { readonly method: string; readonly path: string },
  hasPageFile: HasPageFile,
): Promise<Route | undefined> {
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const routes = ROUTES.filter((route) => route.method === method)
  const found =
    routes.find(({ path }) => path === request.path) ??
    routes
      .filter(({ path }) => path.endsWith('/*') && request.path.startsWith(path.slice(0, -1)))
      .toSorted((a, b) => b.path.length - a.path.length)
      .at(0)
  if (found?.handler !== 'pageFile') return found
  return (await hasPageFile(request.path)) ? found : undefined
}
