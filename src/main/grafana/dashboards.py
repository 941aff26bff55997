"""Writes helm/anneal/dashboards/*.json: `python3 src/main/grafana/dashboards.py`; with --check it only says whether they are as it writes them.

Each panel is one call below; everything that all of them share is here. The JSON is Grafana's classic model, schema 39, which Grafana 11 and 12 load.

A panel's `needs` says what it takes to show data: "" any service that trains, "gpu" DCGM's exporter, "event" something that seldom happens (a failure, a
rescue), "monitor" a login with pg_read_all_stats. It stands in the panel's description as `Needs: ...`, and src/test/watch goes by it.
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "helm/anneal/dashboards"

PROMETHEUS = {"type": "prometheus", "uid": "${prometheus}"}
POSTGRES = {"type": "grafana-postgresql-datasource", "uid": "${postgres}"}
NEEDS = {
    "gpu": "Needs: gpu. NVIDIA's DCGM exporter has to be scraped.",
    "event": "Needs: event. Empty until something like this has happened.",
    "monitor": "Needs: monitor. The login has to be granted pg_read_all_stats to see other sessions.",
}
# The label is absent where Prometheus scrapes no Kubernetes, and .* matches that too.
NS = 'namespace=~"$namespace"'
TRAINS = f"on (namespace, pod, instance, slot) group_left (job_id, model, method) anneal_worker_job_info{{{NS}}}"


def live(meter):
    """A gauge of what each slot trains, with the job's id from the info series beside it."""
    return f"{meter}{{{NS}}} * {TRAINS}"


def promql(expression, legend="", instant=False):
    return {
        "datasource": PROMETHEUS, "expr": expression, "legendFormat": legend, "editorMode": "code",
        "instant": instant, "range": not instant,
    }


def sql(query, form="time_series"):
    return {
        "datasource": POSTGRES, "rawSql": " ".join(query.split()), "rawQuery": True, "editorMode": "code", "format": form,
    }


def panel(kind, title, targets, unit="short", width=12, height=8, about="", needs="", options=None, transformations=(), **field):
    targets = targets if isinstance(targets, list) else [targets]
    for index, target in enumerate(targets):
        target["refId"] = chr(ord("A") + index)
    description = " ".join(filter(None, [about, NEEDS.get(needs, "")]))
    defaults = {"unit": unit, **field}
    return {
        "type": kind, "title": title, "description": description, "datasource": targets[0]["datasource"], "targets": targets,
        "gridPos": {"w": width, "h": height}, "fieldConfig": {"defaults": defaults, "overrides": []}, "options": options or {},
        "transformations": list(transformations),
    }


def lines(title, targets, unit="short", **more):
    custom = more.pop("custom", {"lineWidth": 1, "fillOpacity": 8, "showPoints": "never", "spanNulls": True})
    options = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
    return panel("timeseries", title, targets, unit, custom=custom, options=options, **more)


def number(title, target, unit="short", width=4, **more):
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value", "graphMode": "area"}
    return panel("stat", title, target, unit, width=width, height=4, options=options, **more)


def table(title, target, **more):
    return panel("table", title, target, options={"showHeader": True}, **more)


def curves(title, query, unit="short", **more):
    """Columns of a query over the step instead of time: a trend panel takes its first column as x."""
    custom = {"lineWidth": 1, "showPoints": "auto", "spanNulls": True}
    return panel("trend", title, sql(query, "table"), unit, custom=custom, options={
        "xField": "step", "legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}, **more)


def row(title):
    return {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"w": 24, "h": 1}}


def source(name, label, kind):
    return {"type": "datasource", "name": name, "label": label, "query": kind, "current": {}, "refresh": 1, "hide": 0}


def namespace():
    query = "label_values(anneal_build_info, namespace)"
    return {
        "type": "query", "name": "namespace", "label": "Namespace", "datasource": PROMETHEUS, "definition": query,
        "query": {"query": query, "refId": "namespace"}, "includeAll": True, "allValue": ".*", "multi": False, "refresh": 2,
        "current": {"text": "All", "value": "$__all"}, "sort": 1,
    }


def chosen(name, label, query, multi=False):
    """A variable whose values a query of the history gives, newest first."""
    return {
        "type": "query", "name": name, "label": label, "datasource": POSTGRES, "query": query, "definition": query, "includeAll": False,
        "multi": multi, "refresh": 2, "current": {}, "sort": 0,
    }


def place(panels):
    """From left to right, as many as fit into the 24 columns, then the next line."""
    x = y = tallest = 0
    for number_, each in enumerate(panels, start=1):
        box = each["gridPos"]
        if x + box["w"] > 24:
            x, y, tallest = 0, y + tallest, 0
        box["x"], box["y"] = x, y
        x, tallest = x + box["w"], max(tallest, box["h"])
        each["id"] = number_
    return panels


def dashboard(name, title, variables, panels, span="now-6h"):
    return name, {
        "uid": f"anneal-{name}", "title": f"Anneal / {title}", "tags": ["anneal"], "schemaVersion": 39, "version": 1, "editable": True,
        "graphTooltip": 1, "refresh": "30s", "timezone": "browser", "time": {"from": span, "to": "now"},
        "links": [{"type": "dashboards", "title": "Anneal", "tags": ["anneal"], "asDropdown": True, "includeVars": True, "keepTime": True}],
        "annotations": {"list": []}, "templating": {"list": variables}, "panels": place(panels),
    }


BOTH = [source("prometheus", "Prometheus", "prometheus"), source("postgres", "PostgreSQL", "grafana-postgresql-datasource"), namespace()]

FLEET = dashboard("fleet", "Fleet", BOTH, [
    number("Running", promql(f'max(anneal_jobs{{{NS}, state="running"}})')),
    number("Queued", promql(f'max(anneal_jobs{{{NS}, state="queued"}})')),
    number("Oldest wait", promql(f"time() - min(anneal_oldest_queued_timestamp_seconds{{{NS}}}) or vector(0)"), "s",
           about="How long the training at the head of the queue has been claimable."),
    number("Slots busy", promql(f"sum(anneal_worker_busy{{{NS}}}) / sum(anneal_worker_slots{{{NS}}})"), "percentunit", min=0, max=1),
    number("Workers", promql(f'count(anneal_build_info{{{NS}, component="worker"}})')),
    number("Failed of ended, last day",
           promql(f'sum(increase(anneal_jobs_finished_total{{{NS}, outcome="failed"}}[1d])) / sum(increase(anneal_jobs_finished_total{{{NS}}}[1d]))'),
           "percentunit"),
    row("Queue"),
    lines("Jobs that have not ended", promql(f"max by (state) (anneal_jobs{{{NS}}})", "{{state}}"), about="Every API process counts the same queue."),
    lines("Wait for a worker", [
        promql(f"histogram_quantile({q}, sum by (le) (rate(anneal_job_queue_seconds_bucket{{{NS}}}[$__rate_interval])))", f"p{int(q * 100)}")
        for q in (0.5, 0.95)], "s", about="From when work could be claimed to its claim."),
    lines("Waiting and running by tenant", sql("""
        SELECT now() AS time, tenant || ' ' || state AS metric, count(*) AS value FROM anneal_job
        WHERE state IN ('validating', 'queued', 'running', 'paused') GROUP BY tenant, state ORDER BY 2"""), needs="event",
        about="As it is now. Empty where nothing waits or runs."),
    table("Newest jobs", sql("""
        SELECT job_id, tenant, model, state, step, total_steps, beta, train_loss, created_at, finished_at, error_code
        FROM anneal_job WHERE $__timeFilter(created_at) OR finished_at IS NULL ORDER BY created_at DESC LIMIT 100""", "table")),
    row("Workers"),
    lines("Busy and all slots", [
        promql(f"sum(anneal_worker_busy{{{NS}}})", "busy"), promql(f"sum(anneal_worker_slots{{{NS}}})", "slots")]),
    lines("Heartbeat age", promql(f"time() - anneal_last_heartbeat_timestamp_seconds{{{NS}}}", "{{pod}} {{instance}}"), "s",
          about="Since when the database has not confirmed a worker's leases."),
    lines("Attempts, how long they ran", [
        promql(f"histogram_quantile({q}, sum by (le) (rate(anneal_job_run_seconds_bucket{{{NS}}}[$__rate_interval])))", f"p{int(q * 100)}")
        for q in (0.5, 0.95)], "s"),
    lines("Trained tokens a second", promql(f"sum(rate(anneal_train_tokens_total{{{NS}}}[$__rate_interval]))", "tokens/s")),
    row("Outcomes"),
    lines("Ended by outcome and fault", promql(
        f"sum by (outcome, fault) (increase(anneal_jobs_finished_total{{{NS}}}[$__rate_interval]))", "{{outcome}} {{fault}}")),
    table("Failed jobs by cause", sql("""
        SELECT error_code AS cause, count(*) AS jobs, count(DISTINCT tenant) AS tenants, max(finished_at) AS last
        FROM anneal_job WHERE state = 'failed' AND $__timeFilter(finished_at) GROUP BY error_code ORDER BY jobs DESC""", "table"), needs="event"),
    lines("Rescues by reason", promql(
        f"sum by (reason) (increase(anneal_job_rescued_total{{{NS}}}[$__rate_interval]))", "{{reason}}")),
    lines("Leases lost, writes that came too late", [
        promql(f"sum(increase(anneal_job_lease_lost_total{{{NS}}}[$__rate_interval]))", "leases lost"),
        promql(f"sum(increase(anneal_stale_write_rejected_total{{{NS}}}[$__rate_interval]))", "late writes")]),
    lines("Checkpoints, how long they took", [
        promql(f"histogram_quantile({q}, sum by (le) (rate(anneal_checkpoint_save_seconds_bucket{{{NS}}}[$__rate_interval])))", f"p{int(q * 100)}")
        for q in (0.5, 0.95)], "s"),
    lines("Room on the volumes", promql(f"disk_free_bytes{{{NS}}} / disk_total_bytes{{{NS}}}", "{{pod}} {{instance}} {{path}}"), "percentunit",
          min=0, max=1),
    row("GPU"),
    lines("GPUs that train", promql(f"sum(rate(anneal_gpu_busy_seconds_total{{{NS}}}[$__rate_interval]))", "busy"),
          about="Seconds of optimizer steps on a GPU in each second."),
    lines("Utilization", promql(
        'avg by (pod, gpu) (label_replace(DCGM_FI_DEV_GPU_UTIL, "pod", "$1", "exported_pod", "(.+)")) / 100', "{{pod}} GPU {{gpu}}"),
        "percentunit", needs="gpu", min=0, max=1),
    lines("Memory of the GPU held", promql(
        'sum by (pod, gpu) (label_replace(DCGM_FI_DEV_FB_USED, "pod", "$1", "exported_pod", "(.+)")) * 1048576', "{{pod}} GPU {{gpu}}"),
        "bytes", needs="gpu"),
    lines("Memory of training devices as Anneal sees it", [
        promql(f"anneal_device_memory_used_bytes{{{NS}}}", "{{pod}} {{device}} held"),
        promql(f"anneal_device_memory_peak_bytes{{{NS}}}", "{{pod}} {{device}} peak")], "bytes", needs="gpu"),
    lines("Power", promql(
        'sum by (pod, gpu) (label_replace(DCGM_FI_DEV_POWER_USAGE, "pod", "$1", "exported_pod", "(.+)"))', "{{pod}} GPU {{gpu}}"), "watt", needs="gpu"),
    lines("Xid errors", promql("DCGM_FI_DEV_XID_ERRORS", "{{Hostname}} GPU {{gpu}}"), needs="gpu", about="The code of the last error, 0 for none."),
])

JOB = "job_id = ${job:sqlstring}"
JOBS = "job_id IN (${jobs:sqlstring})"

TRAINING = dashboard("training", "Training", BOTH + [
    chosen("job", "Job", "SELECT job_id FROM anneal_job WHERE started_at IS NOT NULL ORDER BY created_at DESC LIMIT 500"),
    chosen("jobs", "Jobs to compare", "SELECT job_id FROM anneal_job WHERE started_at IS NOT NULL ORDER BY created_at DESC LIMIT 500", multi=True),
], [
    row("What trains now"),
    lines("Loss, nats per token", promql(live("anneal_train_loss"), "{{job_id}} {{model}}")),
    lines("Beta, share of the activation", promql(live("anneal_train_beta"), "{{job_id}} {{model}}"), min=0, max=1),
    lines("Annealing gap", promql(live("anneal_train_annealing_gap"), "{{job_id}} {{model}}"),
        about="What a merge at the last measurement would have added to the loss. It is 0 once beta is."),
    lines("Non-linear share of the adapter, and its output against the frozen weights'", [
        promql(live("anneal_train_even_share"), "{{job_id}} non-linear"),
        promql(live("anneal_train_adapter_share"), "{{job_id}} output")], "percentunit", min=0),
    lines("Learning rate", promql(live("anneal_train_learning_rate"), "{{job_id}}"), width=8),
    lines("Gradient norm before clipping", promql(live("anneal_train_grad_norm"), "{{job_id}}"), width=8),
    lines("Tokens a second", promql(live("anneal_train_tokens_per_second"), "{{job_id}}"), width=8),
    lines("Progress", promql(
        f"anneal_train_step{{{NS}}} / on (namespace, pod, instance, slot) anneal_train_total_steps{{{NS}}} * {TRAINS}", "{{job_id}}"), "percentunit",
        width=8, min=0, max=1),
    lines("Step, how long it takes", [
        promql(f"histogram_quantile({q}, sum by (le) (rate(anneal_step_seconds_bucket{{{NS}}}[$__rate_interval])))", f"p{int(q * 100)}")
        for q in (0.5, 0.95)], "s", width=8, about="All workers together."),
    table("Slots", promql(f"anneal_worker_job_info{{{NS}}}", instant=True), width=8),
    lines("Reward of reinforcement jobs", promql(live("anneal_train_reward"), "{{job_id}}"), width=8),
    lines("KL and entropy, nats per token", [
        promql(live("anneal_train_kl"), "{{job_id}} KL"), promql(live("anneal_train_entropy"), "{{job_id}} entropy")], width=8,
        about="KL where the job weighs it."),
    lines("Margin and accuracy of dpo jobs", [
        promql(live("anneal_train_preference_margin"), "{{job_id}} margin"),
        promql(live("anneal_train_preference_accuracy"), "{{job_id}} accuracy")], width=8),
    lines("Acceptance of drafts", [
        promql(live("anneal_train_draft_acceptance"), "{{job_id}} {{tokens}} tokens"),
        promql(live("anneal_train_draft_overlap"), "{{job_id}} overlap")], "percentunit", min=0, max=1,
        about="Share of the positions at which so many tokens of the draft are the target's; overlap of both distributions."),
    lines("Acceptance length of drafts", promql(live("anneal_train_draft_acceptance_length"), "{{job_id}} {{decoding}}"),
        about="Tokens that the target writes per pass, in the last validation or rollout."),
    row("The whole history of job $job"),
    table("Job", sql(f"""
        SELECT job_id, tenant, model, state, step, total_steps, annealed_at_step, beta, epoch, train_loss, tokens, created_at, started_at, finished_at, error_code
        FROM anneal_job WHERE {JOB}""", "table"), width=24, height=4),
    curves("Loss and beta over the steps", f"SELECT step, train_loss, valid_loss, beta FROM anneal_job_series WHERE {JOB} ORDER BY step"),
    curves("Token accuracy", f"SELECT step, train_token_accuracy, valid_token_accuracy FROM anneal_job_series WHERE {JOB} ORDER BY step", "percentunit"),
    lines("Loss and beta over time", sql(
        f"SELECT recorded_at AS time, train_loss, valid_loss, beta FROM anneal_job_series WHERE {JOB} AND $__timeFilter(recorded_at) ORDER BY 1")),
    curves("Learning rate", f"SELECT step, learning_rate FROM anneal_job_series WHERE {JOB} ORDER BY step", width=6),
    curves("Gradient norm", f"SELECT step, gradient_norm FROM anneal_job_series WHERE {JOB} ORDER BY step", width=6),
    curves("Tokens a second", f"SELECT step, tokens_per_second FROM anneal_job_series WHERE {JOB} ORDER BY step"),
    curves("Reward", f"""
        SELECT step, (metrics ->> 'reward')::double precision AS reward, (valid_metrics ->> 'reward')::double precision AS valid_reward
        FROM anneal_job_series WHERE {JOB} ORDER BY step""", width=8, about="Reinforcement."),
    curves("KL and entropy", f"""
        SELECT step, (metrics ->> 'kl')::double precision AS kl, (metrics ->> 'entropy')::double precision AS entropy
        FROM anneal_job_series WHERE {JOB} ORDER BY step""", width=8, about="Reinforcement."),
    curves("Margin and accuracy", f"""
        SELECT step, (metrics ->> 'rewards/margins')::double precision AS margin, (metrics ->> 'rewards/accuracies')::double precision AS accuracy
        FROM anneal_job_series WHERE {JOB} ORDER BY step""", width=8, about="Dpo."),
    curves("Acceptance", f"""
        SELECT step, (metrics ->> 'acceptance/1')::double precision AS one_token,
               (SELECT value::double precision FROM jsonb_each_text(metrics) WHERE key LIKE 'acceptance/%'
                ORDER BY substr(key, 12)::integer DESC LIMIT 1) AS all_tokens,
               (metrics ->> 'overlap/1')::double precision AS overlap
        FROM anneal_job_series WHERE {JOB} ORDER BY step""", "percentunit", width=8,
        about="Drafts: share of the positions at which one token, or all that are proposed at a time, are the target's."),
    curves("Acceptance length", f"""
        SELECT step, (valid_metrics ->> 'acceptance_length/greedy')::double precision AS greedy,
               (valid_metrics ->> 'acceptance_length/sampled')::double precision AS sampled
        FROM anneal_job_series WHERE {JOB} AND valid_metrics IS NOT NULL ORDER BY step""", width=8,
        about="Drafts: tokens that the target writes per pass."),
    curves("Acceptance length of rollouts", f"""
        SELECT step, (metrics ->> 'acceptance_length/rollout')::double precision AS tokens_per_pass
        FROM anneal_job_series WHERE {JOB} AND metrics ? 'acceptance_length/rollout' ORDER BY step""", width=8,
        about="Reinforcement with a draft: tokens that the policy writes per pass."),
    row("Jobs laid over each other"),
    *[panel("xychart", title, sql(f"SELECT job_id, step, {column} FROM anneal_job_series WHERE {JOBS} ORDER BY job_id, step", "table"),
            custom={"show": "lines", "lineWidth": 1}, options={
                "mapping": "auto", "series": [], "legend": {"displayMode": "list", "placement": "bottom"}},
            transformations=[{"id": "partitionByValues", "options": {"fields": ["job_id"], "keepFields": False}}])
      for title, column in (("Loss", "train_loss"), ("Beta", "beta"))],
    table("Side by side", sql(f"""
        SELECT job_id, model, state, total_steps, annealed_at_step, beta, train_loss, tokens, finished_at - started_at AS took
        FROM anneal_job WHERE {JOBS} ORDER BY created_at""", "table"), width=24),
], span="now-1h")

HTTP = f'{NS}, uri=~"$route"'


def quantile(q, by=""):
    return (f"histogram_quantile({q}, sum by (le{', ' + by if by else ''}) "
            f"(rate(http_server_requests_seconds_bucket{{{HTTP}}}[$__rate_interval])))")


API = dashboard("api", "API", [BOTH[0], BOTH[2], {
    "type": "query", "name": "route", "label": "Route", "datasource": PROMETHEUS, "definition": "label_values(http_server_requests_seconds_count, uri)",
    "query": {"query": "label_values(http_server_requests_seconds_count, uri)", "refId": "route"}, "includeAll": True, "allValue": ".*", "multi": True,
    "refresh": 2, "current": {"text": "All", "value": "$__all"}, "sort": 1,
}], [
    number("Requests a second", promql(f"sum(rate(http_server_requests_seconds_count{{{HTTP}}}[$__rate_interval]))"), "reqps", width=6),
    number("Answers 5xx", promql(
        f'(sum(rate(http_server_requests_seconds_count{{{HTTP}, status=~"5.."}}[$__rate_interval])) or vector(0))'
        f" / sum(rate(http_server_requests_seconds_count{{{HTTP}}}[$__rate_interval]))"), "percentunit", width=6),
    number("p99", promql(quantile(0.99)), "s", width=6),
    number("Served now", promql(f"sum(http_server_requests_active_seconds_count{{{NS}}}) or vector(0)"), width=6),
    lines("Requests by route", promql(
        f"sum by (method, uri) (rate(http_server_requests_seconds_count{{{HTTP}}}[$__rate_interval]))", "{{method}} {{uri}}"), "reqps"),
    lines("Requests by status", promql(
        f"sum by (status) (rate(http_server_requests_seconds_count{{{HTTP}}}[$__rate_interval]))", "{{status}}"), "reqps"),
    lines("Errors by route", promql(
        f'sum by (method, uri, status) (rate(http_server_requests_seconds_count{{{HTTP}, status=~"[45].."}}[$__rate_interval]))',
        "{{status}} {{method}} {{uri}}"), "reqps"),
    lines("Latency", [promql(quantile(q), f"p{int(q * 100)}") for q in (0.5, 0.9, 0.99)], "s",
          about="Streams of events and of tokens last as long as their clients listen; choose other routes to see the rest."),
    lines("Latency by route, p95", promql(quantile(0.95, "method, uri"), "{{method}} {{uri}}"), "s"),
    panel("heatmap", "Latency of all requests", promql(
        f"sum by (le) (increase(http_server_requests_seconds_bucket{{{HTTP}}}[$__rate_interval]))", "{{le}}"), options={
            "calculate": False, "yAxis": {"unit": "s"}, "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64}}),
    row("Generation"),
    lines("Tokens a second", promql(f"sum by (kind) (rate(anneal_inference_tokens_total{{{NS}}}[$__rate_interval]))", "{{kind}}")),
    lines("Open and refused answers", [
        promql(f"sum(anneal_inference_open_answers{{{NS}}})", "open"),
        promql(f"sum(increase(anneal_inference_refused_answers_total{{{NS}}}[$__rate_interval]))", "refused")]),
    lines("Draft tokens a second", promql(
        f"sum by (outcome) (rate(anneal_inference_draft_tokens_total{{{NS}}}[$__rate_interval]))", "{{outcome}}"),
        about="Prompt lookup: accepted ones saved a step of generation."),
    lines("Prompt tokens kept from earlier requests", promql(
        f"sum(rate(anneal_inference_cached_prompt_tokens_total{{{NS}}}[$__rate_interval]))", "cached"),
        about="Their keys and values were not computed again (anneal.inference.prefix-cache)."),
    row("Processes"),
    lines("Memory of the JVM", promql(f'sum by (pod, instance, area) (jvm_memory_used_bytes{{{NS}}})', "{{pod}} {{instance}} {{area}}"), "bytes", width=8),
    lines("Processor", promql(f"process_cpu_usage{{{NS}}}", "{{pod}} {{instance}}"), "percentunit", width=8),
    lines("Errors and warnings in the log", promql(
        f'sum by (level) (increase(logback_events_total{{{NS}, level=~"error|warn"}}[$__rate_interval]))', "{{level}}"), width=8),
    lines("Webhook deliveries", promql(
        f"sum by (outcome) (increase(anneal_webhook_deliveries_total{{{NS}}}[$__rate_interval]))", "{{outcome}}"), needs="event"),
], span="now-3h")

SIZES = """
    SELECT relname AS "table", n_live_tup AS rows, n_dead_tup AS dead, n_mod_since_analyze AS changed, last_autovacuum,
           pg_total_relation_size(relid) AS bytes
    FROM pg_stat_user_tables ORDER BY bytes DESC LIMIT 50"""

DATABASE = dashboard("database", "Database", BOTH, [
    row("Pools of the service"),
    lines("Connections in use", promql(f"sum by (pool, pod, instance) (hikaricp_connections_active{{{NS}}})", "{{pool}} {{pod}} {{instance}}"), width=8),
    lines("Threads that wait for one", promql(
        f"sum by (pool, pod, instance) (hikaricp_connections_pending{{{NS}}})", "{{pool}} {{pod}} {{instance}}"), width=8),
    lines("Waited in vain", promql(f"sum by (pool) (increase(hikaricp_connections_timeout_total{{{NS}}}[$__rate_interval]))", "{{pool}}"), width=8),
    lines("Wait for a connection, mean", promql(
        f"sum by (pool) (rate(hikaricp_connections_acquire_seconds_sum{{{NS}}}[$__rate_interval]))"
        f" / sum by (pool) (rate(hikaricp_connections_acquire_seconds_count{{{NS}}}[$__rate_interval]))", "{{pool}}"), "s"),
    lines("Use of a connection, mean", promql(
        f"sum by (pool) (rate(hikaricp_connections_usage_seconds_sum{{{NS}}}[$__rate_interval]))"
        f" / sum by (pool) (rate(hikaricp_connections_usage_seconds_count{{{NS}}}[$__rate_interval]))", "{{pool}}"), "s"),
    row("Server"),
    number("Connections", sql("SELECT count(*) AS connections FROM pg_stat_activity WHERE datname = current_database()", "table")),
    number("Allowed connections", sql("SELECT setting::integer AS allowed FROM pg_settings WHERE name = 'max_connections'", "table")),
    number("Size", sql("SELECT pg_database_size(current_database()) AS bytes", "table"), "bytes"),
    number("Dead tuples", sql("SELECT sum(n_dead_tup) AS dead FROM pg_stat_user_tables", "table")),
    number("Commits", sql("SELECT xact_commit AS commits FROM pg_stat_database WHERE datname = current_database()", "table")),
    number("Cache hits", sql("""
        SELECT blks_hit::double precision / nullif(blks_hit + blks_read, 0) AS ratio FROM pg_stat_database WHERE datname = current_database()""", "table"),
        "percentunit"),
    table("Connections by application", sql("""
        SELECT application_name, count(*) AS connections FROM pg_stat_activity WHERE datname = current_database()
        GROUP BY application_name ORDER BY connections DESC""", "table")),
    table("Oldest snapshot of a session", sql("""
        SELECT application_name, state, age(backend_xmin) AS transactions, now() - xact_start AS open_for
        FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND datname = current_database() ORDER BY transactions DESC LIMIT 20""", "table"),
        needs="monitor", about="What an old snapshot still sees cannot be vacuumed away."),
    table("Tables", sql(SIZES, "table"), width=24, height=10),
    table("Queue as autoscalers see it", sql("SELECT slot, queued, running, oldest_queued_seconds FROM anneal_queue_depth ORDER BY slot", "table")),
    table("Replication slots", sql("""
        SELECT slot_name, active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) AS held_bytes FROM pg_replication_slots""", "table"),
        needs="event", about="An inactive slot keeps WAL until the disk is full. Empty where there is none."),
])


def main():
    stale = []
    for name, board in (FLEET, TRAINING, API, DATABASE):
        text = json.dumps(board, indent=2, ensure_ascii=False) + "\n"
        file = FOLDER / f"{name}.json"
        if "--check" in sys.argv[1:]:
            if not file.exists() or file.read_text() != text:
                stale.append(str(file.relative_to(ROOT)))
        else:
            file.write_text(text)
    if stale:
        sys.exit(f"{', '.join(stale)}: not as src/main/grafana/dashboards.py writes it; run it without --check")


main()
