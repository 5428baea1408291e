// A provider of identities (OpenID Connect) for one test: it asks nobody anything but to press a button.

import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";

const packed = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export async function startProvider(email) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const asked = new Map();
  const prompts = [];
  let issuer;
  const json = (response, value) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

  function token(code) {
    const { nonce, client } = asked.get(code);
    const now = Math.floor(Date.now() / 1000);
    const head = packed({ alg: "EdDSA", typ: "JWT", kid: "k1" });
    const claims = packed({
      iss: issuer, aud: client, sub: "1", iat: now, exp: now + 300, auth_time: now, nonce, email, email_verified: true,
    });
    return `${head}.${claims}.${sign(null, Buffer.from(`${head}.${claims}`), privateKey).toString("base64url")}`;
  }

  const pages = {
    "/.well-known/openid-configuration": (_, response) => json(response, {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["EdDSA"],
    }),
    "/jwks": (_, response) => json(response, { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "EdDSA" }] }),
    "/auth": ({ searchParams }, response) => {
      const code = randomUUID();
      asked.set(code, { nonce: searchParams.get("nonce"), client: searchParams.get("client_id") });
      prompts.push(searchParams.get("prompt"));
      const back = new URL(searchParams.get("redirect_uri"));
      back.searchParams.set("code", code);
      back.searchParams.set("state", searchParams.get("state"));
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end(`<!doctype html><title>Đơn vị</title><link rel="icon" href="data:,"><form method="post" action="/yes?to=${encodeURIComponent(back)}"><button>Đồng ý</button></form>`);
    },
    // What providers do after their form: a redirect back.
    "/yes": ({ searchParams }, response) => response.writeHead(303, { location: searchParams.get("to") }).end(),
    "/token": (_, response, body) => json(response, {
      access_token: "x", token_type: "Bearer", id_token: token(new URLSearchParams(body).get("code")),
    }),
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => { body += part; });
    request.on("end", () => {
      const url = new URL(request.url, issuer);
      const page = pages[url.pathname];
      if (page) page(url, response, body);
      else response.writeHead(404).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${server.address().port}`;
  const stop = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  return { issuer, prompts, stop };
}
