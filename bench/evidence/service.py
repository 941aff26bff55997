"""The service that the study drives, started from the built jar, and called over HTTP as by any client."""
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import threading
import time

from api import Api
from engine import PROJECT

ENDED = ("succeeded", "failed", "cancelled")


class Service:
    """Some trainings at a time, which share the cores; every call has a connection of its own, so threads may share this."""

    def __init__(self, home, models, slots):
        """Models beside the bundled one: folders by name."""
        self.home = home
        self.models = models
        self.slots = slots
        self.process = None
        self.url = None
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
        self.url = f"http://127.0.0.1:{self.port()}"

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

    def call(self, method, path, body=None):
        return Api(self.url).call(method, path, body)

    @functools.cache
    def weights(self, model):
        """SHA-256 of the weights of a model that is not bundled."""
        digest = hashlib.sha256()
        for file in sorted(self.models[model].glob("*.safetensors")):
            with open(file, "rb") as content:
                for block in iter(lambda: content.read(1 << 20), b""):
                    digest.update(block)
        return digest.hexdigest()

    def file(self, name, rows):
        """The id of a file with these rows, uploaded once."""
        with self.uploading:
            if name not in self.files:
                content = "".join(json.dumps(row) + "\n" for row in rows)
                self.files[name] = Api(self.url).upload_content(f"{name}.jsonl", content.encode())
            return self.files[name]

    def ended(self, path, look=lambda reply: None):
        """The reply when the work has ended; `look` is called with each one before."""
        while True:
            reply = self.call("GET", path)
            if reply["status"] in ENDED:
                return reply
            look(reply)
            time.sleep(0.25)

    def succeeded(self, path):
        """The reply when the work has succeeded; otherwise the study ends."""
        reply = self.ended(path)
        if reply["status"] != "succeeded":
            raise SystemExit(f"{path} ended as {reply['status']}: {reply['error']}")
        return reply

    def series(self, job):
        """One row per step."""
        rows, after = [], ""
        while True:
            page = self.call("GET", f"/fine_tuning/jobs/{job}/metrics?limit=1000{after}")
            rows += page["data"]
            if not page["has_more"]:
                return rows
            after = f"&after={page['last_id']}"
