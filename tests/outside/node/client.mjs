// An application on openid-client and jose. Issuer, client and port come from the environment; its pages speak JSON.
import { createServer } from "node:http";
import * as client from "openid-client";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const site = `http://127.0.0.1:${PORT}`;
const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const config = await client.discovery(
  new URL(ISSUER), CLIENT_ID, {}, client.ClientSecretBasic(CLIENT_SECRET),
  { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
);
const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
const begun = new Map(); // state -> what must come back with it
const sessions = new Map(); // cookie -> { sid, tokens, claims }
const used = new Set(); // jti of logout tokens

function sessionOf(request) {
  const key = /(?:^|; )node=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  return [key, sessions.get(key)];
}

async function begin(request, response) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  begun.set(state, { verifier, nonce });
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: `${site}/back`, scope: "openid profile roles", state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  });
  response.writeHead(302, { Location: address.href }).end();
}

async function back(request, response, url) {
  const { verifier, nonce } = begun.get(url.searchParams.get("state")) ?? {};
  begun.delete(url.searchParams.get("state"));
  const tokens = await client.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: url.searchParams.get("state"), idTokenExpected: true,
  });
  const key = client.randomState();
  sessions.set(key, { sid: tokens.claims().sid, tokens, claims: tokens.claims() });
  response.writeHead(302, { Location: "/who", "Set-Cookie": `node=${key}; HttpOnly; Path=/` }).end();
}

async function who(request, response) {
  const [, session] = sessionOf(request);
  if (!session) return say(response, { who: null });
  const about = await client.fetchUserInfo(config, session.tokens.access_token, session.claims.sub);
  say(response, { who: about, claims: session.claims });
}

async function refresh(request, response) {
  const [, session] = sessionOf(request);
  const before = session.tokens;
  session.tokens = await client.refreshTokenGrant(config, before.refresh_token);
  say(response, {
    is_rotated: session.tokens.refresh_token !== before.refresh_token && session.tokens.access_token !== before.access_token,
    same_sub: session.tokens.claims()?.sub === session.claims.sub,
  });
}

async function leave(request, response) {
  const [key, session] = sessionOf(request);
  sessions.delete(key);
  const address = client.buildEndSessionUrl(config, {
    id_token_hint: session.tokens.id_token, post_logout_redirect_uri: `${site}/left`, state: "s-1",
  });
  response.writeHead(302, { Location: address.href }).end();
}

async function ended(request, response) {
  let body = "";
  for await (const piece of request) body += piece;
  const token = new URLSearchParams(body).get("logout_token");
  const { payload } = await jwtVerify(token, keys, {
    issuer: config.serverMetadata().issuer, audience: CLIENT_ID, typ: "logout+jwt", maxTokenAge: 120,
    algorithms: ["ES256", "RS256"], requiredClaims: ["exp", "jti", "sid", "sub"],
  });
  if (!payload.events?.[EVENT] || "nonce" in payload || used.has(payload.jti)) throw new Error("no logout token");
  used.add(payload.jti);
  for (const [key, session] of sessions) if (session.sid === payload.sid) sessions.delete(key);
  say(response, {});
}

function say(response, told, status = 200) {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(told));
}

const pages = { "/": begin, "/back": back, "/who": who, "/refresh": refresh, "/leave": leave, "/ended": ended };
createServer(async (request, response) => {
  const url = new URL(request.url, site);
  const page = pages[url.pathname] ?? ((_request, to, at) => say(to, { at: at.pathname + at.search }));
  try {
    await page(request, response, url);
  } catch (fault) {
    console.error(fault);
    say(response, { error: fault.error ?? fault.code ?? fault.message }, 400);
  }
}).listen(Number(PORT), "127.0.0.1");
