"""Runs the query of every panel against a Prometheus that scrapes a service that trains, and against its database as a login of anneal_readonly, and reads
the service's log. A panel that needs a GPU or an event (its description says so) has to be answered, all others have to show data. Started by run.sh."""

import json
import math
import os
import pathlib
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import psycopg

import client

PROMETHEUS = f"http://127.0.0.1:{os.environ['WATCH_PROMETHEUS']}/api/v1"
HOME = pathlib.Path(os.environ["WATCH_HOME"]) / "postgres"


def prometheus(path, **parameters):
    try:
        with urllib.request.urlopen(f"{PROMETHEUS}/{path}?{urllib.parse.urlencode(parameters)}", timeout=30) as reply:
            return json.load(reply)["data"]
    except urllib.error.HTTPError as refused:
        raise AssertionError(f"{parameters}: {refused.read().decode()}") from None


def passwords():
    return dict(line.strip().split("=") for line in (HOME / "passwords.properties").read_text().splitlines() if not line.startswith("#"))


def logins(port):
    """Connections as Grafana has them: a member of anneal_readonly, and one that sees the sessions of others as well."""
    with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres password={passwords()['postgres']} dbname=anneal", autocommit=True) as administrator:
        administrator.execute("CREATE ROLE grafana LOGIN PASSWORD 'grafana' IN ROLE anneal_readonly")
        administrator.execute("CREATE ROLE monitor LOGIN PASSWORD 'monitor' IN ROLE anneal_readonly, pg_read_all_stats")
        administrator.execute("ANALYZE")
    return {name: psycopg.connect(f"host=127.0.0.1 port={port} user={name} password={name} dbname=anneal", autocommit=True)
            for name in ("grafana", "monitor")}


def promql(expression):
    for name, value in {"$__rate_interval": "10s", "$namespace": "watch", "$route": ".*"}.items():
        expression = expression.replace(name, value)
    assert "$" not in re.sub(r'"\$1"', "", expression), f"an unknown variable in {expression}"
    return expression


def sql(query, job, jobs):
    query = query.replace("${jobs:sqlstring}", ", ".join(f"'{each}'" for each in jobs)).replace("${job:sqlstring}", f"'{job}'")
    query = re.sub(r"\$__timeFilter\(([a-z_]+)\)", r"\1 BETWEEN now() - interval '1 hour' AND now()", query)
    assert "$" not in query, f"an unknown variable in {query}"
    return query


def finite(series):
    values = [value for each in series for _, value in each.get("values", [each.get("value")])]
    return any(math.isfinite(float(value)) for value in values)


def shows(target, began, jobs, login):
    """Whether a target has data."""
    if "expr" in target:
        found = prometheus("query_range", query=promql(target["expr"]), start=began, end=time.time(), step=1)
        return finite(found["result"])
    filled = set()
    names = []
    for job in jobs:
        rows = login.execute(sql(target["rawSql"], job, jobs))
        names = [column.name for column in rows.description]
        for row in rows.fetchall():
            filled |= {name for name, value in zip(names, row) if value is not None}
    # A table may have empty columns, a curve may not.
    return filled == set(names) if "recorded_at" in target["rawSql"] or "SELECT step" in target["rawSql"] else bool(filled)


def jobs_of(panel, jobs):
    """Jobs of which a panel has to show data: some of all together, or, of drafts, each kind by itself."""
    if panel.get("description", "").startswith("Drafts"):
        return [[job] for method, job in jobs.items() if method.startswith("speculative_draft")]
    return [list(jobs.values())]


def check_dashboards(began, jobs, connections):
    answered = shown = 0
    empty = []
    for file in sorted(pathlib.Path("helm/anneal/dashboards").glob("*.json")):
        board = json.loads(file.read_text())
        for variable in board["templating"]["list"]:
            if variable["type"] == "query" and variable["datasource"]["type"].endswith("postgresql-datasource"):
                assert connections["grafana"].execute(variable["query"]).fetchall(), variable["name"]
        for panel in board["panels"]:
            needs = re.search(r"Needs: (\w+)\.", panel.get("description", ""))
            for target in panel.get("targets", []):
                login = connections["monitor" if needs and needs.group(1) == "monitor" else "grafana"]
                has = all(shows(target, began, shown_jobs, login) for shown_jobs in jobs_of(panel, jobs))
                answered += 1
                shown += has
                if not has and not (needs and needs.group(1) in ("gpu", "event")):
                    empty.append(f"{file.stem} / {panel['title']}: {target.get('expr') or target['rawSql']}")
                if needs and needs.group(1) == "monitor":
                    connections["grafana"].execute(sql(target["rawSql"], "", []))
    assert not empty, "panels without data:\n" + "\n".join(empty)
    print(f"watch: {answered} queries of the dashboards were answered, {shown} with data")


def check_alerts():
    rules = [rule for group in prometheus("rules")["groups"] for rule in group["rules"]]
    assert rules and all(rule["health"] == "ok" for rule in rules), rules
    firing = {rule["name"] for rule in rules if rule["state"] == "firing"}
    assert not firing, f"nothing is wrong, yet {firing}"
    print(f"watch: {len(rules)} alerts are evaluated, none fires")


def check_log(jobs):
    text = pathlib.Path(os.environ["WATCH_LOG"]).read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert any("request_id" in line and line.get("tenant") == "watch" for line in lines), "no line of a request"
    for job in jobs.values():
        about = [line for line in lines if line.get("job_id") == job]
        assert about and all(line["attempt"] == "1" and line["worker"] == "watched" and line["tenant"] == "watch" for line in about), about
    secrets = [os.environ["WATCH_KEY"], os.environ["WATCH_GRADER_SECRET"], *passwords().values()]
    assert not [secret for secret in secrets if secret in text], "the log holds a secret"
    assert any(line["log"]["level"] == "DEBUG" for line in lines), "the log is not as talkative as it can be"
    print(f"watch: {len(lines)} lines of the log are JSON with their ids and hold none of {len(secrets)} secrets")


def main():
    began = time.time()
    port = (HOME / "data/postmaster.pid").read_text().splitlines()[3]
    jobs = client.work()
    time.sleep(3)
    connections = logins(port)
    check_dashboards(began, jobs, connections)
    check_alerts()
    check_log(jobs)


main()
