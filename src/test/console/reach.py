"""What a credential and an address reach: jobs below the newest, an administrator's pages, further tabs, pages that are not there, files by purpose, drafts of a target."""
import concurrent.futures

from browser import ADMIN_KEY, KEY, console, done, expect
from service import call, cancel_queued, ended, train, upload

NEWER = 110


def old_jobs():
    """One job that trains and one that has been cancelled, with more newer ones than a page shows."""
    file = upload("tickets.train.jsonl")
    gone = call(f"fine_tuning/jobs/{train('gone-before', file)['id']}/cancel", {})
    running = train("long-since", file, anneal={"max_steps": 20_000}, metadata={"purpose": "Reach"})
    while call(f"fine_tuning/jobs/{running['id']}")["status"] != "running":
        pass
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: train(f"newer-{number}", file), range(NEWER)))
    return gone, running


def jobs(it, running):
    page = it.page
    it.open("#/jobs")
    figures = page.locator(".figures li")
    expect(figures.nth(0)).to_have_text("1 running")
    expect(figures.nth(1)).to_have_text(f"{call('fine_tuning/job_counts')['counts']['queued']} waiting")
    page.get_by_label("State").select_option("active")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="long-since")).to_be_visible()
    page.get_by_label("State").select_option("")
    for words in (running["id"][-8:], "reach LONG-since"):
        page.get_by_label("Find").fill(words)
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.get_by_role("link", name="long-since")).to_be_visible()
    page.get_by_label("Find").fill("no job has this")
    expect(page.get_by_text("No job matches the filters.")).to_be_visible()
    page.get_by_label("Find").fill("newer")
    expect(page.get_by_text("Show 100 more")).to_be_visible()
    page.get_by_text("Show 100 more").click()
    expect(page.locator("tbody tr")).to_have_count(NEWER)
    it.accessible("jobs-many")
    page.get_by_label("Find").fill("long-since")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("State").select_option("active")
    call(f"fine_tuning/jobs/{running['id']}/cancel", {})
    expect(page.get_by_text("No job matches the filters.")).to_be_visible()
    done(f"a job below {NEWER} newer ones is counted, filtered and found, and leaves the list of a state that it leaves")


def tabs(it):
    page = it.page
    with page.context.expect_page() as opened:
        page.evaluate("open('./#/models', '_blank', 'noopener')")
    second = opened.value
    expect(second.get_by_role("heading", level=1)).to_have_text("Models")
    second.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API key")).to_be_visible()
    second.close()
    expect(page.get_by_label("API key")).to_be_visible()
    with page.context.expect_page() as opened:
        page.evaluate("open('./#/models', '_blank', 'noopener')")
    expect(opened.value.get_by_label("API key")).to_be_visible()
    opened.value.close()
    it.sign_in()
    done("a second tab is signed in as the first is; who signs out of one has left both")


def addresses(it):
    for address in ("#/constructor", "#/%", "#/nothing/at/all"):
        it.open(address)
        it.heading("No such page")
    it.accessible("no-such-page")
    it.page.get_by_role("link", name="Begin").click()
    it.heading("Jobs")
    assert not it.complaints, it.complaints
    done("an address without a page says so")


def administrator():
    answers = []
    with console() as it:
        it.page.on("response", lambda response: "/v1/" in response.url and answers.append(response.status))
        it.open()
        expect(it.page.get_by_label("API key")).to_be_visible()
        assert answers == [], f"the page for signing in asks nothing that counts as a failed log-in: {answers}"
        it.sign_in(ADMIN_KEY)
        it.heading("Administration")
        expect(it.page.get_by_role("heading", name="Audit log")).to_be_visible()
        expect(it.page.get_by_role("navigation").get_by_role("link")).to_have_text(["Administration"])
        expect(it.page.get_by_text("Loading")).to_have_count(0)
        refused(it)
        it.open("#/jobs")
        it.heading("Not permitted")
        it.page.wait_for_timeout(5_000)
        assert set(answers) == {200}, answers
    done("an administrator lands where there is something to do, and asks for nothing that is refused")


def refused(it):
    """A deletion that did not happen is not one in the audit log."""
    try:
        call("organization/projects", {"name": ""}, ADMIN_KEY)
        raise AssertionError("a project without a name was made")
    except OSError:
        pass
    try:
        call("organization/projects", {"name": "Mine"}, KEY)
        raise AssertionError("a tenant's key made a project")
    except OSError:
        pass
    it.page.reload()
    rows = it.page.locator("tbody tr", has_text="project.created")
    expect(rows.filter(has_text="denied").first).to_contain_text("403")
    expect(rows.filter(has_text="failed").first).to_contain_text("400")
    it.accessible("audit-log")


def files_and_drafts(it):
    file = upload("tickets.train.jsonl")
    own = ended(train("reached", file, anneal={"max_steps": 2}))
    draft = ended(train("drafting", file, anneal={"max_steps": 2},
                        method={"type": "speculative_draft", "speculative_draft": {"kind": "model", "draft_model": "anneal-tiny"}}))
    page = it.page
    it.open("#/data")
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator("tbody td:nth-child(3)", has_text="fine-tune-results")).to_have_count(0)
    page.get_by_label("Show").select_option(label="results of jobs")
    expect(page.locator("tbody td:nth-child(3)").first).to_have_text("fine-tune-results")
    it.accessible("data-results")
    it.open(f"#/chat?model=anneal-tiny&beside={own['fine_tuned_model']}")
    menus = page.locator(".chat select")
    expect(menus.nth(0).locator("option")).to_contain_text(["the model's default", "none", draft["fine_tuned_model"]])
    expect(menus.nth(1).locator("option")).to_have_text(["the model's default", "none"])
    it.open(f"#/model/{own['fine_tuned_model']}")
    expect(page.get_by_role("link", name="reached")).to_be_visible()
    expect(page.get_by_role("heading", name="Draft")).to_have_count(0)
    done("files are listed by purpose; a draft is offered to its target alone")


with console() as it:
    it.open()
    it.sign_in()
    it.heading("Jobs")
    tabs(it)
    addresses(it)
    files_and_drafts(it)
    gone, running = old_jobs()
    jobs(it, running)
    cancel_queued()
administrator()
