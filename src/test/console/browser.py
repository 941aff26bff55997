"""Chromium for the tests of the console: what it logs, and what axe finds in a page."""
import contextlib
import pathlib
import shutil
import sys

from playwright.sync_api import expect, sync_playwright

ADDRESS, SHOTS, AXE = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
DEMO = pathlib.Path("src/main/resources/demo")
KEY, ADMIN_KEY = "sk-team-a-0123456789abcdef", "sk-admin-0123456789abcdef"
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


class Console:
    """A page of the console in a browser window of its own."""

    def __init__(self, page):
        self.page = page
        # What the browser complains of: scripts that fail, and what the content security policy refuses.
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and "Failed to load resource" not in message.text and self.complaints.append(message.text))

    def open(self, address=""):
        self.page.goto(f"{ADDRESS}/{address}")

    def sign_in(self, key=KEY):
        self.page.get_by_label("API key").fill(key)
        self.page.get_by_role("button", name="Sign in").click()

    def heading(self, text):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def accessible(self, name):
        """Fails for what axe calls serious or critical and for levels of headings left out, in light and dark, and keeps a picture of each."""
        self.page.evaluate("scrollTo(0, 0)")
        for colours in ("light", "dark"):
            self.page.emulate_media(color_scheme=colours, reduced_motion="reduce")
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=SHOTS / f"{name}-{colours}.png", full_page=True)
            self.page.evaluate(AXE.read_text())
            found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            serious = [f"{each['id']}: {each['nodes'][0]['html'][:200]} {each['nodes'][0]['failureSummary']}" for each in found if each["impact"] in ("serious", "critical") or each["id"] == "heading-order"]
            assert not serious, f"{name}, {colours}: " + "; ".join(serious)
        self.page.emulate_media(color_scheme="light")
        assert not self.complaints, self.complaints


@contextlib.contextmanager
def console(**settings):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, **settings)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        try:
            yield Console(page)
        except BaseException:
            page.screenshot(path=SHOTS / "failed.png", full_page=True)
            print(page.url, file=sys.stderr)
            raise
        finally:
            browser.close()


def done(what):
    print(f"console: {what}", flush=True)
