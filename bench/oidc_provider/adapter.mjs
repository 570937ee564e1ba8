// Where oidc-provider keeps its artifacts: one table on PostgreSQL, found by the SHA-256 of their ids. DATABASE_URL names the
// base.
import { createHash } from 'node:crypto'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 })
const hash = (model, id) => createHash('sha256').update(`${model}\n${id}`).digest()
const GRANTABLE = new Set([
  'AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest',
])

/** Make the table anew. */
export async function prepare() {
  await pool.query(`
    drop table if exists artifact;
    create table artifact (key bytea primary key, model text not null, payload jsonb not null, grant_id text, uid text,
                           user_code text, expires_at timestamptz, consumed_at timestamptz);
    create index artifact_grant on artifact (grant_id) where grant_id is not null;
    create index artifact_uid on artifact (uid) where uid is not null;
    create index artifact_code on artifact (user_code) where user_code is not null`)
}

const seen = ({ rows: [row] }) => {
  if (!row) return undefined
  return { ...row.payload, ...(row.consumed_at ? { consumed: Math.floor(row.consumed_at / 1000) } : {}) }
}

/** The adapter that oidc-provider asks for: one instance a model. Statements are named, so each is planned once. */
export class Adapter {
  constructor(model) {
    this.model = model
  }

  async upsert(id, payload, seconds) {
    // Ids stand nowhere: whoever reads the table can use none of it.
    const { jti: _jti, ...kept } = payload
    await pool.query({
      name: 'upsert',
      text: `insert into artifact (key, model, payload, grant_id, uid, user_code, expires_at)
        values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
        on conflict (key) do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
          user_code = excluded.user_code, expires_at = excluded.expires_at`,
      values: [
        hash(this.model, id), this.model, kept, GRANTABLE.has(this.model) ? payload.grantId ?? null : null,
        this.model === 'Session' ? payload.uid : null, payload.userCode ?? null, seconds ?? null,
      ],
    })
  }

  async find(id) {
    const found = seen(await pool.query({
      name: 'find', values: [hash(this.model, id)],
      text: 'select payload, consumed_at from artifact where key = $1 and (expires_at is null or expires_at > now())',
    }))
    return found && { ...found, jti: id }
  }

  async findByUid(uid) {
    return seen(await pool.query({
      name: 'uid', values: [this.model, uid],
      text: 'select payload, consumed_at from artifact where uid = $2 and model = $1 and expires_at > now()',
    }))
  }

  async findByUserCode(code) {
    return seen(await pool.query({
      name: 'code', values: [this.model, code],
      text: 'select payload, consumed_at from artifact where user_code = $2 and model = $1 and expires_at > now()',
    }))
  }

  async consume(id) {
    await pool.query({
      name: 'consume', values: [hash(this.model, id)], text: 'update artifact set consumed_at = now() where key = $1',
    })
  }

  async destroy(id) {
    await pool.query({ name: 'destroy', values: [hash(this.model, id)], text: 'delete from artifact where key = $1' })
  }

  async revokeByGrantId(grantId) {
    await pool.query({ name: 'revoke', values: [grantId], text: 'delete from artifact where grant_id = $1' })
  }
}
