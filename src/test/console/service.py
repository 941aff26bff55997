"""The service's API, called beside the browser, for the programs that need jobs."""
import concurrent.futures
import json
import time
import urllib.request

import uploads
from browser import ADDRESS, KEY


def call(path, body=None, key=KEY):
    request = urllib.request.Request(f"{ADDRESS}/v1/{path}", json.dumps(body).encode() if body is not None else None,
                                     {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


def upload(name, rows=100):
    """The id of a file with the first rows of one of the demo's data sets."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": uploads.CONTENT_TYPE}
    return json.load(urllib.request.urlopen(urllib.request.Request(f"{ADDRESS}/v1/files", uploads.training_file(name, rows), headers)))["id"]


def train(suffix, file, **settings):
    """The job that trains anneal-tiny on a file."""
    return call("fine_tuning/jobs", {"model": "anneal-tiny", "training_file": file, "suffix": suffix} | settings)


def jobs_named(suffix):
    return [job for job in call("fine_tuning/jobs?limit=100")["data"] if job["user_provided_suffix"] == suffix]


def cancel_queued():
    """Cancels all jobs that wait, so that the next one is trained at once."""
    while jobs := call("fine_tuning/jobs?status=queued&limit=100")["data"]:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda job: call(f"fine_tuning/jobs/{job['id']}/cancel", {}), jobs))


def ended(job):
    """The job, once it has ended."""
    while call(f"fine_tuning/jobs/{job['id']}")["status"] not in ("succeeded", "failed", "cancelled"):
        time.sleep(0.5)
    return call(f"fine_tuning/jobs/{job['id']}")
