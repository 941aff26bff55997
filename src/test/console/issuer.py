"""Signing in by an issuer: authorization code flow with PKCE, against the tests' issuer, which checks the verifier. Needs $CONSOLE_ISSUER_PORT and a service that trusts it."""
import os
import threading

import oidc_issuer
from browser import ADDRESS, console, done, expect

PORT = int(os.environ["CONSOLE_ISSUER_PORT"])

threading.Thread(target=oidc_issuer.server(PORT, ADDRESS).serve_forever, daemon=True).start()
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
