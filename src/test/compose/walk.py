"""Trains through the API of a compose installation and asks what the panels of the Training dashboard ask. Started by run.sh.

Prometheus scrapes every 15 seconds. A job that ends before it was seen is followed by one with four times the steps.
"""

import csv
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

from openai import OpenAI

ENV = dict(line.split("=", 1) for line in pathlib.Path(".env").read_text().splitlines()) | os.environ
BOARD = json.loads(pathlib.Path("helm/anneal/dashboards/training.json").read_text())
ROWS = int(os.environ.get("WALK_ROWS", "200"))
STEPS = int(os.environ.get("WALK_STEPS", "300"))
TRIES = 4


def prometheus(expression):
    """Values of the series that a panel shows now."""
    for name, value in {"$__rate_interval": "1m", "$namespace": ".*"}.items():
        expression = expression.replace(name, value)
    query = urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(f"http://127.0.0.1:{ENV['PROMETHEUS_PORT']}/api/v1/query?{query}", timeout=30) as reply:
        return [float(series["value"][1]) for series in json.load(reply)["data"]["result"]]


def postgres(query, job):
    """Rows that a panel shows, read as the dashboards' login."""
    query = query.replace("${jobs:sqlstring}", f"'{job}'").replace("${job:sqlstring}", f"'{job}'")
    query = re.sub(r"\$__timeFilter\(([a-z_]+)\)", r"\1 BETWEEN now() - interval '3 hours' AND now()", query)
    answer = subprocess.run(
        ["docker", "compose", "exec", "-T", "-e", f"PGPASSWORD={ENV['ANNEAL_VIEWER_PASSWORD']}", "postgres",
         "psql", "--host=127.0.0.1", "--username=anneal_viewer", "--dbname=anneal", "--csv", f"--command={query}"],
        check=True, capture_output=True, text=True)
    return list(csv.DictReader(answer.stdout.splitlines()))


def targets(kind):
    """Title and query of each panel of the dashboard that asks this data source."""
    return [(panel["title"], target[kind]) for panel in BOARD["panels"] for target in panel.get("targets", []) if kind in target]


def shown(values):
    return [f"{value:.4g}" for value in values if math.isfinite(value)]


def is_shown(live):
    return any("oss" in title for title in live) and any("eta" in title for title in live)


def train(client, model, file, steps):
    """A job that has succeeded, and what Prometheus's panels last showed while it ran."""
    job = client.fine_tuning.jobs.create(model=model, training_file=file, suffix="compose", extra_body={"anneal": {"max_steps": steps}})
    print("job", job.id, "of", model, "with", steps, "steps")
    live = {}
    began = time.monotonic()
    while job.status not in ("succeeded", "failed", "cancelled"):
        assert time.monotonic() - began < 1800, job
        time.sleep(5)
        job = client.fine_tuning.jobs.retrieve(job.id)
        now = {title: shown(prometheus(query)) for title, query in targets("expr")}
        live |= {title: values for title, values in now.items() if values}
        print(f"{time.monotonic() - began:4.0f} s", job.status, f"step {job.anneal.get('step')}" if job.anneal else "",
              {title: values for title, values in now.items() if values and re.search("Loss|Beta", title, re.IGNORECASE)}, flush=True)
    assert job.status == "succeeded", job
    return job, live


def main(model):
    client = OpenAI(base_url=f"http://127.0.0.1:{ENV['ANNEAL_PORT']}/v1", api_key=ENV["ANNEAL_API_KEYS"].split(":")[1])
    lines = pathlib.Path("src/main/resources/demo/tickets.train.jsonl").read_text().splitlines()[:ROWS]
    training = client.files.create(file=("tickets.jsonl", "\n".join(lines).encode()), purpose="fine-tune")
    for attempt in range(TRIES):
        job, live = train(client, model, training.id, STEPS * 4**attempt)
        if is_shown(live):
            break
    assert is_shown(live), live
    print("\nPanels that ask Prometheus, as last seen:")
    for title, _ in targets("expr"):
        print(f"  {title}: {', '.join(live.get(title, ['no data']))}")
    print("\nPanels that ask PostgreSQL:")
    for title, query in targets("rawSql"):
        rows = postgres(query, job.id)
        print(f"  {title}: {len(rows)} rows" + (f", from {dict(rows[0])} to {dict(rows[-1])}" if rows else ""))
    print("\nfine-tuned model", job.fine_tuned_model)
    answer = client.chat.completions.create(
        model=job.fine_tuned_model, max_tokens=24, temperature=0, messages=json.loads(lines[0])["messages"][:-1])
    print("answers", answer.choices[0].message.content)


main(sys.argv[1])
