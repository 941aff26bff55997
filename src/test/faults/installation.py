"""An installation of the built jar in several processes: one that serves the API, and workers. All share a home, and with it the database."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from uploads import CONTENT_TYPE, training_file

PROGRAM = shlex.split(os.environ.get("FAULTS_PROGRAM", "-jar target/anneal.jar"))
ADDRESS = re.compile(r"^\t(API|Health) +http://[^ ]*:(\d+)", re.MULTILINE)
FINAL = {"succeeded", "failed", "cancelled"}


class Service:
    """One process of the service."""

    def __init__(self, log, roles, settings):
        self.log = log
        arguments = {"anneal.roles": roles, "server.address": "127.0.0.1", "server.port": "0",
                     "management.server.address": "127.0.0.1", "management.server.port": "0", **settings}
        with open(log, "w") as output:
            self.process = subprocess.Popen(
                ["java", "-Xmx300m", "-XX:TieredStopAtLevel=1", *PROGRAM] + [f"--{key}={value}" for key, value in arguments.items()],
                stdout=output, stderr=subprocess.STDOUT)

    def port(self, name):
        """Of what the log calls API or Health, once it has started."""
        for _ in range(240):
            found = dict(ADDRESS.findall(self.log.read_text()))
            if name in found:
                return found[name]
            if self.process.poll() is not None:
                raise SystemExit(f"{self.log} says:\n{self.log.read_text()}")
            time.sleep(0.5)
        raise SystemExit(f"no start within two minutes:\n{self.log.read_text()}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


class Installation:
    """With the store in the folder store, and a model of the operator's, local/tiny, in the folder models."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="anneal-faults-", dir=os.environ.get("FAULTS_DIR")))
        self.store = self.folder / "store"
        self.models = self.folder / "models"
        self.services = []
        self.common = {"anneal.home": self.folder / "home", "anneal.storage.directory": self.store, "anneal.models.dir": self.models,
                       "anneal.worker.poll-interval": "500ms", "anneal.engine.threads": "1", "anneal.engine.heap": "256MB"}
        api = self.start("api", "api")
        self.api = f"http://127.0.0.1:{api.port('API')}/v1"
        shutil.copytree(self.folder / "home" / "models" / "anneal-tiny", self.models / "local" / "tiny")

    def start(self, roles, name, **settings):
        merged = {**self.common, "anneal.worker.name": name, **{key.replace("_", "."): value for key, value in settings.items()}}
        service = Service(self.folder / f"{name}.log", roles, merged)
        self.services.append(service)
        return service

    def worker(self, name, **settings):
        service = self.start("worker", name, **settings)
        service.actuator = service.port("Health")
        return service

    def close(self):
        for service in reversed(self.services):
            service.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, path, body=None, content_type="application/json"):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data, {"Content-Type": content_type} if data is not None else {})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def upload(self, rows):
        file = self.call("/files", training_file("tickets.train.jsonl", rows), CONTENT_TYPE)["id"]
        while self.call(f"/files/{file}")["status"] == "uploaded":
            time.sleep(0.2)
        return file

    def job(self, file, model, steps, **anneal):
        return self.call("/fine_tuning/jobs", {
            "model": model, "training_file": file, "hyperparameters": {"batch_size": 4},
            "anneal": {"max_steps": steps, **anneal}})["id"]

    def jobs(self, ids):
        """The jobs by their id."""
        page = self.call("/fine_tuning/jobs?limit=100")["data"]
        return {job["id"]: job for job in page if job["id"] in ids}


def meter(service, name):
    """Sum of a meter's series; None while the process does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{service.actuator}/actuator/prometheus", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except (urllib.error.URLError, TimeoutError):
        return None
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if re.match(rf"{name}[ {{]", line))


def health(service):
    """What the health of a process says of its worker's environment."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{service.actuator}/actuator/health", timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as unhealthy:
        return json.load(unhealthy)
