"""The console as pages: by keyboard, on a narrow screen, below a path of a proxy, with 1,000 jobs and 100,000 steps."""
import concurrent.futures
import os
import re
import time

import psycopg
from browser import ADDRESS, SHOTS, console, done, expect
from proxy import below
from service import call, cancel_queued, upload

# What the console loads, in bytes.
MOST_BYTES = 250_000
JOBS, STEPS = 1_000, 100_000
# How long the window may stand still, in milliseconds, and how long 100,000 steps may take to arrive, in seconds.
LONGEST_TASK, ARRIVAL = 500, 60


def first_job():
    """The job that the newcomer has trained."""
    return next(job for job in call("fine_tuning/jobs?limit=100")["data"] if job["user_provided_suffix"] == "first")


def keyboard(it):
    page = it.page
    it.open()
    it.sign_in()
    it.heading("Jobs")
    page.keyboard.press("Tab")
    for _ in range(200):
        if page.evaluate("document.activeElement.textContent") == "Models":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    it.heading("Models")
    assert page.evaluate("document.activeElement.id") == "page", "a new page takes the focus to its content"
    it.open("#/new")
    it.heading("New job")
    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page"
    done("every page is reached by keyboard; the focus follows")


def light(it):
    loaded = dict(it.page.evaluate("performance.getEntriesByType('resource').filter(each => each.name.includes('/console/')).map(each => [each.name, each.decodedBodySize])"))
    libraries = {name.split("/vendor/")[1].split("/")[0] for name in loaded if "/vendor/" in name}
    assert libraries == {"lit-html", "uplot"}, libraries
    assert 100_000 < sum(loaded.values()) < MOST_BYTES, loaded
    done(f"all pages take {sum(loaded.values()) // 1000} kB, of which two libraries")


def narrow(it):
    page = it.page
    page.set_viewport_size({"width": 360, "height": 740})
    job = first_job()
    for name, address in (("jobs", "#/jobs"), ("job", f"#/job/{job['id']}"), ("compare", f"#/compare?jobs={job['id']}"), ("new-job", "#/new"), ("data", "#/data"),
                          ("file", f"#/file/{job['training_file']}"), ("models", "#/models"), ("model", f"#/model/{job['fine_tuned_model']}"), ("chat", "#/chat")):
        it.open(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_timeout(1000)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, f"{name} is wider than the screen"
        it.accessible(f"narrow-{name}")
    menu = page.get_by_role("button", name="Menu")
    assert page.locator("header").bounding_box()["height"] <= 56, "the header leaves the screen to the page"
    expect(page.get_by_role("link", name="Models", exact=True)).to_have_count(0)
    menu.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    it.accessible("narrow-menu")
    page.get_by_role("link", name="Models", exact=True).click()
    it.heading("Models")
    expect(menu).to_have_attribute("aria-expanded", "false")
    page.set_viewport_size({"width": 1280, "height": 900})
    done("nothing is wider than a narrow screen, and the header leaves it to the page")


def manual(it):
    page = it.page
    it.open("#/new")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Guide to this method").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Guide: supervised fine-tuning")
    opened.value.close()
    page.get_by_role("link", name="Documents").click()
    it.heading("Documents")
    it.accessible("documents")
    page.get_by_role("navigation").get_by_role("link", name="Errors").click()
    it.heading("Errors")
    it.open("manual/docs/errors.md#model_not_available")
    expect(page.locator("code:target")).to_be_in_viewport()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "a document is wider than the screen"
    assert page.locator("header").bounding_box()["height"] <= 56, "the header leaves the screen to the document"
    it.accessible("narrow-errors")
    page.set_viewport_size({"width": 1280, "height": 900})
    done("the documents are linked from where they are needed")


def methods(it):
    """Each method's form; a training by rewards shows them, with what the model wrote."""
    page = it.page
    it.open("#/new")
    for method, field in (("Preferences (DPO)", "Beta of the preference loss"), ("Rewards (GRPO)", "Completions of each prompt"), ("Draft", "Model that becomes the draft")):
        page.get_by_role("button", name=method).click()
        expect(page.get_by_label(field)).to_be_visible()
        assert "auto: auto" not in page.locator("form").inner_text(), method
        it.accessible(f"form-{method.split()[0].lower()}")
    grader = {"type": "string_check", "name": "sum", "input": "{{sample.output_text}}", "reference": "{{item.answer}}", "operation": "eq"}
    job = call("fine_tuning/jobs", {"model": "anneal-tiny", "training_file": upload("addition.train.jsonl"), "suffix": "rewards", "anneal": {"max_steps": 4, "rollouts": {"group_size": 4, "max_completion_tokens": 8}},
                                    "method": {"type": "reinforcement", "reinforcement": {"grader": grader}}})
    it.open(f"#/job/{job['id']}")
    expect(page.get_by_role("img", name=re.compile("^Reward: training from"))).to_be_visible()
    expect(page.get_by_role("heading", name="Completions and their rewards")).to_be_visible()
    it.accessible("job-rewards")
    done("each method has its form; rewards are shown with what the model wrote")


def cancelled(it):
    page = it.page
    job = call("fine_tuning/jobs", {"model": "anneal-tiny", "training_file": first_job()["training_file"], "suffix": "unwanted", "anneal": {"max_steps": 5_000}})
    it.open(f"#/job/{job['id']}")
    page.get_by_role("button", name="Cancel").click()
    it.accessible("confirmation")
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.get_by_text("cancelled", exact=True).first).to_be_visible()
    done("a job is cancelled once that is confirmed")


def filters(it):
    page = it.page
    it.open("#/jobs?state=succeeded&find=first")
    page.reload()
    expect(page.get_by_label("State")).to_have_value("succeeded")
    expect(page.get_by_label("Find")).to_have_value("first")
    expect(page.locator("tbody tr")).to_have_count(1)
    done("filters are kept in the address")


def refused(it):
    page = it.page
    it.open("#/file/file-none")
    it.heading("No such file")
    it.open("#/compare?jobs=ftjob-none")
    expect(page.get_by_text("no such job", exact=True)).to_be_visible()
    it.open("#/job/ftjob-none")
    it.heading("No such job")
    page.evaluate("sessionStorage.setItem('anneal.credential', 'sk-revoked-0123456789')")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("was refused")
    it.sign_in()
    it.heading("No such job")
    done("a job that is not there and a key that was revoked are told")


def below_a_path():
    with below("/anneal/", ADDRESS) as proxy, console() as it:
        it.page.goto(proxy.address)
        it.sign_in()
        it.heading("Jobs")
        it.page.get_by_role("link", name="first").click()
        expect(it.page.get_by_role("img", name=re.compile("^Loss: training from"))).to_be_visible()
        it.page.goto(f"{proxy.address}#/file/{first_job()['training_file']}")
        with it.page.expect_download() as download:
            it.page.get_by_role("button", name="Download").click()
        assert download.value.url.startswith(f"{proxy.address}v1/files/"), download.value.url
        assert b"messages" in download.value.path().read_bytes()
        assert not it.complaints, it.complaints
    done("it works below a path of a proxy, and so do downloads")


def fill():
    """A thousand jobs through the API; steps, of which training that many would take an hour, into the database."""
    job = first_job()
    body = {"model": "anneal-tiny", "training_file": job["training_file"]}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: call("fine_tuning/jobs", body | {"suffix": f"many-{number}"}), range(JOBS)))
    home = os.environ["CONSOLE_HOME"]
    passwords = dict(line.strip().split("=", 1) for line in open(f"{home}/postgres/passwords.properties") if not line.startswith("#"))
    port = open(f"{home}/postgres/data/postmaster.pid").read().split("\n")[3]
    with psycopg.connect(host="127.0.0.1", port=port, dbname="anneal", user="postgres", password=passwords["postgres"]) as database:
        database.execute("""
            INSERT INTO job_step (job_id, step, tenant_id, recorded_at, epoch, train_loss, train_mean_token_accuracy, learning_rate, grad_norm, beta, trained_tokens, tokens,
                                  shared_tokens, tokens_per_second, seconds)
            SELECT job.id, step, job.tenant_id, now(), 1, 1 + sin(step / 1000.0) / (1 + step / 5000.0), 0.5, 1e-3, 1, 0, 100, 200, 0, 4000, 0.05
            FROM job, generate_series(1001, %s) AS step
            WHERE job.external_id = %s""", (STEPS, job["id"]))
    return job["id"]


def large(it, job):
    page = it.page
    it.open("#/jobs")
    expect(page.get_by_text(re.compile(r"100 of 1,\d\d\d jobs\."))).to_be_visible()
    page.get_by_role("button", name="Show 100 more").click()
    expect(page.locator("tbody tr")).to_have_count(200)
    page.evaluate(WATCH)
    began = time.monotonic()
    page.get_by_label("Find").fill("many-77")
    expect(page.locator("tbody tr")).to_have_count(11)
    filtered = time.monotonic() - began
    page.get_by_label("Find").fill("")
    expect(page.locator("tbody tr")).to_have_count(100)
    page.wait_for_timeout(7000)
    jobs_stall = page.evaluate("longest")
    it.open(f"#/job/{job}")
    page.evaluate(WATCH)
    began = time.monotonic()
    expect(page.get_by_role("img", name=re.compile("^Loss:"))).to_be_visible()
    # The page's policy keeps Playwright from waiting in the page itself.
    while page.evaluate("document.querySelector('run-chart').data.lines[0].xs.at(-1)") < STEPS:
        assert time.monotonic() - began < ARRIVAL, "the steps have not arrived"
        page.wait_for_timeout(200)
    arrived = time.monotonic() - began
    page.get_by_role("button", name="by time").click()
    page.wait_for_timeout(2000)
    steps_stall = page.evaluate("longest")
    page.screenshot(path=SHOTS / "large.png", full_page=True)
    print(f"console: {JOBS} jobs are filtered in {1000 * filtered:.0f} ms, longest task {jobs_stall:.0f} ms; {STEPS} steps arrive in {arrived:.1f} s, longest task {steps_stall:.0f} ms")
    assert max(jobs_stall, steps_stall) < LONGEST_TASK
    done("1,000 jobs and 100,000 steps stay smooth")


# Remembers the longest time in which the page could not react.
WATCH = "window.longest = 0; new PerformanceObserver(list => list.getEntries().forEach(task => longest = Math.max(longest, task.duration))).observe({type: 'longtask'}); null"

with console() as it:
    keyboard(it)
    light(it)
    narrow(it)
    manual(it)
    methods(it)
    cancelled(it)
    filters(it)
    refused(it)
below_a_path()
with console() as it:
    it.open()
    it.sign_in()
    it.heading("Jobs")
    large(it, fill())
cancel_queued()
