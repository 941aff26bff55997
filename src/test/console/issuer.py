"""Signing in by an issuer: authorization code flow with PKCE, against an issuer of this test that checks the verifier. Needs $CONSOLE_ISSUER_PORT and a service that trusts it."""
import base64
import hashlib
import http.server
import json
import os
import threading
import time
import urllib.parse

import jwt
from browser import ADDRESS, console, done, expect
from cryptography.hazmat.primitives.asymmetric import rsa

PORT = int(os.environ["CONSOLE_ISSUER_PORT"])
ISSUER = f"http://127.0.0.1:{PORT}"
CLIENT = "anneal-console"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(PRIVATE.public_key())) | {"kid": "one", "use": "sig", "alg": "RS256"}
# Challenges by the codes that were given for them.
challenges = {}


class Issuer(http.server.BaseHTTPRequestHandler):

    def do_GET(self):
        address = urllib.parse.urlparse(self.path)
        asked = {name: values[0] for name, values in urllib.parse.parse_qs(address.query).items()}
        if address.path == "/.well-known/openid-configuration":
            self.answer(200, {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", "authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token",
                              "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]})
        elif address.path == "/keys":
            self.answer(200, {"keys": [PUBLIC]})
        elif address.path == "/authorize":
            assert asked["client_id"] == CLIENT and asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
            challenges["code-1"] = asked["code_challenge"]
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urllib.parse.urlencode({'code': 'code-1', 'state': asked['state']})}")
            self.end_headers()
        else:
            self.answer(404, {})

    def do_POST(self):
        form = {name: values[0] for name, values in urllib.parse.parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()).items()}
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if challenges.pop(form["code"], None) != digest:
            self.answer(400, {"error": "invalid_grant"})
            return
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "anneal", "sub": "ada", "iat": now, "exp": now + 600, "tenant": "team-a", "scope": "jobs:read models:read files:read"}
        self.answer(200, {"access_token": jwt.encode(claims, PRIVATE, algorithm="RS256", headers={"kid": "one"}), "token_type": "Bearer", "expires_in": 600})

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Access-Control-Allow-Origin", ADDRESS)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


threading.Thread(target=http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Issuer).serve_forever, daemon=True).start()
with console() as it:
    it.open("#/models")
    it.accessible("sign-in-by-issuer")
    it.page.get_by_role("button", name=f"Sign in by 127.0.0.1:{PORT}").click()
    it.heading("Models")
    expect(it.page.get_by_role("rowheader", name="anneal-tiny", exact=True)).to_be_visible()
    assert it.page.url == f"{ADDRESS}/#/models", it.page.url
    it.open("?code=stolen&state=forged")
    it.heading("Jobs")
    done("an issuer signs users in, with PKCE, and the address is as before")
