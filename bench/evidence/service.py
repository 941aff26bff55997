"""The service that the study drives, started from the built jar, and called over HTTP as by any client."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request

PROJECT = pathlib.Path(__file__).resolve().parents[2]
# A proxy of the environment is not asked for this machine.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ENDED = ("succeeded", "failed", "cancelled")


class Refused(Exception):
    """A request that was answered with an error."""


class Service:
    """Some trainings at a time, which share the cores; every call has a connection of its own, so threads may share this."""

    def __init__(self, home, models, slots):
        """Models beside the bundled one: folders by name."""
        self.home = home
        self.models = models
        self.slots = slots
        self.process = None
        self.api = None
        self.files = {}
        self.uploading = threading.Lock()
        self.log = home / "service.log"

    def start(self):
        if self.home.exists() and any(self.home.iterdir()) and not self.log.exists():
            raise SystemExit(f"{self.home} is not empty and holds no earlier service of this study; name another folder with --home")
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home / "models").mkdir(parents=True)
        for name, folder in self.models.items():
            (self.home / "models" / name).symlink_to(folder.resolve())
        settings = {
            "ANNEAL_HOME": self.home, "SERVER_ADDRESS": "127.0.0.1", "SERVER_PORT": 0, "MANAGEMENT_SERVER_ADDRESS": "127.0.0.1", "MANAGEMENT_SERVER_PORT": 0,
            "ANNEAL_WORKER_DEVICES": ",".join(["cpu"] * self.slots), "ANNEAL_ENGINE_THREADS": max(1, (os.cpu_count() or 1) // self.slots),
            "ANNEAL_WORKER_POLLINTERVAL": "200ms", "ANNEAL_BACKGROUND_POLLINTERVAL": "200ms"}
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                ["java", "-Xmx512m", "-jar", str(PROJECT / "target/anneal.jar")], stdout=log, stderr=subprocess.STDOUT,
                env=os.environ | {name: str(value) for name, value in settings.items()})
        self.api = f"http://127.0.0.1:{self.port()}/v1"

    def port(self, patience=120):
        """Of the API, from the log."""
        until = time.monotonic() + patience
        while time.monotonic() < until and self.process.poll() is None:
            found = re.search(r"API +http://[^ ]*:(\d+)", self.log.read_text())
            if found:
                return int(found.group(1))
            time.sleep(0.5)
        raise SystemExit(f"the service did not start:\n{self.log.read_text()[-3000:]}")

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait()

    def call(self, method, path, body=None, content_type="application/json"):
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(self.api + path, data, {"Content-Type": content_type}, method=method)
        try:
            with DIRECT.open(request, timeout=120) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as refused:
            raise Refused(f"{method} {path} with {body if isinstance(body, dict) else '...'} was answered {refused.code}: {refused.read().decode()}") from None

    def file(self, name, rows):
        """The id of a file with these rows, uploaded once."""
        with self.uploading:
            if name not in self.files:
                content = "".join(json.dumps(row) + "\n" for row in rows)
                body = (f'--part\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n'
                        f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}.jsonl"\r\n\r\n{content}\r\n--part--\r\n')
                self.files[name] = self.call("POST", "/files", body.encode(), "multipart/form-data; boundary=part")["id"]
            return self.files[name]

    def ended(self, path, look=lambda reply: None):
        """The reply when the work has ended; `look` is called with each one before."""
        while True:
            reply = self.call("GET", path)
            if reply["status"] in ENDED:
                return reply
            look(reply)
            time.sleep(0.25)

    def series(self, job):
        """One row per step."""
        rows, after = [], ""
        while True:
            page = self.call("GET", f"/fine_tuning/jobs/{job}/metrics?limit=1000{after}")
            rows += page["data"]
            if not page["has_more"]:
                return rows
            after = f"&after={page['last_id']}"
