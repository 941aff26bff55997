"""An OpenID Connect issuer of the tests: authorization code flow with PKCE for the console, client credentials for programs. oidc_issuer.py PORT ORIGIN serves it.

ORIGIN is that of the pages which may call it. Needs PyJWT with cryptography.
"""

import base64
import hashlib
import http.server
import json
import sys
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CONSOLE = "anneal-console"
SECRET = "pipeline-secret"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(PRIVATE.public_key())) | {"kid": "one", "use": "sig", "alg": "RS256"}
# Challenges by the codes that were given for them.
challenges = {}


class Issuer(http.server.BaseHTTPRequestHandler):

    def do_GET(self):
        address = urllib.parse.urlparse(self.path)
        asked = {name: values[0] for name, values in urllib.parse.parse_qs(address.query).items()}
        if address.path == "/.well-known/openid-configuration":
            self.answer(200, {"issuer": self.uri, "jwks_uri": f"{self.uri}/keys", "authorization_endpoint": f"{self.uri}/authorize",
                              "token_endpoint": f"{self.uri}/token", "response_types_supported": ["code"], "subject_types_supported": ["public"],
                              "id_token_signing_alg_values_supported": ["RS256"]})
        elif address.path == "/keys":
            self.answer(200, {"keys": [PUBLIC]})
        elif address.path == "/authorize":
            assert asked["client_id"] == CONSOLE and asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
            challenges["code-1"] = asked["code_challenge"]
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urllib.parse.urlencode({'code': 'code-1', 'state': asked['state']})}")
            self.end_headers()
        else:
            self.answer(404, {})

    def do_POST(self):
        form = {name: values[0] for name, values in urllib.parse.parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()).items()}
        if form["grant_type"] == "client_credentials":
            if form["client_secret"] == SECRET:
                self.grant(form["client_id"], {})
            else:
                self.answer(401, {"error": "invalid_client"})
            return
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if challenges.pop(form["code"], None) == digest:
            self.grant("ada", {"scope": "jobs:read models:read files:read"})
        else:
            self.answer(400, {"error": "invalid_grant"})

    def grant(self, subject, scopes):
        now = int(time.time())
        claims = {"iss": self.uri, "aud": "anneal", "sub": subject, "iat": now, "exp": now + 600, "tenant": "team-a", **scopes}
        token = jwt.encode(claims, PRIVATE, algorithm="RS256", headers={"kid": "one"})
        self.answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 600})

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Access-Control-Allow-Origin", self.origin)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


def server(port, origin):
    Issuer.uri, Issuer.origin = f"http://127.0.0.1:{port}", origin
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), Issuer)


if __name__ == "__main__":
    server(int(sys.argv[1]), sys.argv[2]).serve_forever()
