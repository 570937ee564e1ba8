// npm oidc-provider as the bench asks it: one confidential client, opaque tokens, PKCE, ES256, artifacts in PostgreSQL.
// Arguments: port, processes, what Python told as JSON (client_id, client_secret, redirect_uri, scope, own_scope).
import cluster from 'node:cluster'
import { generateKeyPairSync } from 'node:crypto'
import { Provider } from 'oidc-provider'
import { Adapter, prepare } from './adapter.mjs'

const [port, processes, told] = [Number(process.argv[2]), Number(process.argv[3]), JSON.parse(process.argv[4])]

if (cluster.isPrimary) {
  await prepare()
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  for (let i = 0; i < processes; i++) cluster.fork({ SIGNING_KEY: JSON.stringify({ ...key, use: 'sig', alg: 'ES256' }) })
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill()
    process.exit(0)
  })
} else {
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    adapter: Adapter,
    clients: [{
      client_id: told.client_id, client_secret: told.client_secret, redirect_uris: [told.redirect_uri],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], response_types: ['code'],
      scope: `${told.scope} ${told.own_scope} offline_access`, id_token_signed_response_alg: 'ES256',
    }],
    scopes: [...told.scope.split(' '), told.own_scope, 'offline_access'],
    jwks: { keys: [JSON.parse(process.env.SIGNING_KEY)] },
    cookies: { keys: ['bench-only'] },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    pkce: { required: () => true },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    ttl: { AccessToken: 600, ClientCredentials: 600, AuthorizationCode: 60, IdToken: 600, RefreshToken: 43200, Session: 43200, Grant: 43200, Interaction: 600 },
    interactions: { url: (_ctx, interaction) => `/enter/${interaction.uid}` },
    findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    // The application is agreed to by the school: nobody is asked.
    loadExistingGrant: async (ctx) => {
      const { session, client } = ctx.oidc
      const known = session.grantIdFor(client.clientId)
      if (known) return provider.Grant.find(known)
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope(`${told.scope} offline_access`)
      await grant.save()
      return grant
    },
  })
  provider.on('server_error', (_ctx, error) => console.error(error))
  // Whoever comes to the sign-in page is the person named in the cookie of the load script.
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/enter/')) return next()
    const accountId = ctx.cookies.get('bench_person')
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId } })
    ctx.respond = false
  })
  provider.listen(port, '127.0.0.1')
}
