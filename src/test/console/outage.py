"""The service goes away and comes back while a job is watched and while a form is filled in: one line says so, goes by itself, and nothing is lost."""
import re
import secrets

from browser import ADDRESS, console, done, expect
from proxy import below
from service import call, jobs_named, train, upload

AWAY = re.compile("The service has not been available since .*; trying again")
SUFFIX = f"kept-{secrets.token_hex(4)}"


def watched(it, proxy, job):
    page = it.page
    page.goto(f"{proxy.address}#/job/{job['id']}")
    expect(page.get_by_role("img", name=re.compile("^Loss: training from"))).to_be_visible()
    proxy.lose()
    expect(page.get_by_text(AWAY)).to_be_visible()
    before = proxy.requests
    page.wait_for_timeout(20_000)
    assert proxy.requests - before <= 10, f"{proxy.requests - before} requests in 20 s to a service that does not answer"
    expect(page.get_by_text(AWAY)).to_have_count(1)
    expect(page.locator(".message")).to_have_count(0)
    it.accessible("outage")
    seen = page.evaluate("document.querySelector('run-chart').data.lines[0].xs.at(-1)")
    proxy.mend()
    expect(page.get_by_text(AWAY)).to_have_count(0)
    while page.evaluate("document.querySelector('run-chart').data.lines[0].xs.at(-1)") <= seen:
        page.wait_for_timeout(200)
    done("an outage is told in one line that goes by itself; the console asks less often meanwhile")


def filled(it, proxy, file):
    """A form that the service does not answer for a while, and a page that is loaded again."""
    page = it.page
    page.goto(f"{proxy.address}#/new")
    page.get_by_label("Training file").select_option(file)
    estimate = page.get_by_role("complementary", name="Estimate")
    expect(estimate).to_contain_text("MB")
    proxy.lose(502)
    page.get_by_label("Suffix of the tuned model's name").fill(SUFFIX)
    page.get_by_text("Course of the training").click()
    page.get_by_label("Steps, in place of epochs").fill("3")
    expect(page.get_by_text(AWAY)).to_be_visible()
    proxy.mend()
    expect(page.get_by_text(AWAY)).to_have_count(0)
    expect(estimate.locator("dt", has_text="Steps").locator("+ dd")).to_have_text("3")
    expect(page.get_by_role("button", name="Start the job")).to_be_enabled()
    page.reload()
    expect(page.get_by_label("Suffix of the tuned model's name")).to_have_value(SUFFIX)
    expect(page.get_by_label("Training file")).to_have_value(file)
    expect(page.get_by_label("Steps, in place of epochs")).to_have_value("3")
    done("a form goes on by itself after an outage, and is as it was when the page is loaded again")


def sent(it, proxy):
    """A request whose answer is lost is sent again, as the same one."""
    page = it.page
    expect(page.get_by_role("complementary", name="Estimate")).to_contain_text("MB")
    proxy.lose("answers")
    page.get_by_role("button", name="Start the job").click()
    expect(page.get_by_text("The service cannot be reached.")).to_be_visible()
    proxy.mend()
    page.get_by_role("button", name="Start the job").click()
    it.heading(SUFFIX)
    assert len(jobs_named(SUFFIX)) == 1, "a form that is sent twice makes one job"
    page.goto(f"{proxy.address}#/new")
    expect(page.get_by_label("Suffix of the tuned model's name")).to_have_value("")
    done("a form whose answer was lost makes one job, and is empty afterwards")


def opened(it, proxy):
    """Pages that are opened while the service is away."""
    page = it.page
    proxy.lose()
    for link, shown in (("Chat", "Send"), ("New job", "Start the job")):
        page.get_by_role("link", name=link, exact=True).click()
        expect(page.get_by_text(AWAY)).to_be_visible()
        proxy.mend()
        expect(page.get_by_role("button", name=shown)).to_be_visible()
        expect(page.get_by_text(AWAY)).to_have_count(0)
        proxy.lose()
    done("a page that is opened during an outage comes when it is over")


with below("/anneal/", ADDRESS) as proxy, console() as it:
    tickets = upload("tickets.train.jsonl")
    job = train("watched", tickets, anneal={"max_steps": 5_000})
    it.page.goto(proxy.address)
    it.sign_in()
    it.heading("Jobs")
    watched(it, proxy, job)
    call(f"fine_tuning/jobs/{job['id']}/cancel", {})
    filled(it, proxy, tickets)
    sent(it, proxy)
    opened(it, proxy)
    assert not it.complaints, it.complaints
