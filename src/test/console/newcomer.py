"""A newcomer with a browser alone: signs in, uploads, trains, watches, compares, merges, downloads and chats; and is refused where it must be."""
import re
import tarfile
import tempfile

from browser import ADMIN_KEY, DEMO, console, done, expect

STEPS = 60


def sign_in(it):
    it.open()
    expect(it.page.get_by_text("This installation asks who you are.")).to_be_visible()
    it.accessible("sign-in")
    it.sign_in("sk-wrong-0123456789abcdef")
    expect(it.page.get_by_role("alert")).to_contain_text("was refused")
    it.sign_in()
    it.heading("Jobs")
    expect(it.page.get_by_text("No job yet.")).to_be_visible()
    it.page.reload()
    it.heading("Jobs")
    done("a wrong key is refused, the right one lasts as long as the tab")


def upload(it):
    page = it.page
    page.get_by_role("link", name="Data", exact=True).click()
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", prefix="broken-") as broken:
        broken.write('{"messages": [{"role": "user", "content": "Hi"}, {"role": "robot", "content": "Hello"}]}\n{"messages": [\n')
        broken.flush()
        page.get_by_label("Choose files").set_input_files(broken.name)
        expect(page.get_by_role("heading", name="Line 1: unknown role")).to_be_visible()
    expect(page.locator(".problems mark").first).to_have_text('"robot"')
    expect(page.get_by_role("link", name="Train on it")).to_have_count(0)
    it.accessible("file-refused")
    for name in ("tickets.valid.jsonl", "tickets.train.jsonl"):
        page.get_by_role("link", name="Data", exact=True).click()
        page.get_by_label("Choose files").set_input_files(DEMO / name)
        it.heading(name)
        expect(page.get_by_text("rows can be used")).to_be_visible()
    expect(page.locator("mark.trained").nth(1)).to_contain_text('{"team": "technical"')
    it.accessible("file")
    page.get_by_role("link", name="Data", exact=True).click()
    it.heading("Data")
    expect(page.get_by_text(re.compile(r"\d kB")).first).to_be_visible()
    it.accessible("data")
    done("a broken line is shown with its fault marked; rows are shown as the model reads them")


def submit(it, suffix, adapter=None):
    page = it.page
    page.get_by_role("link", name="New job").click()
    chosen = page.get_by_label("Training file")
    chosen.select_option(chosen.locator("option", has_text="tickets.train").get_attribute("value"))
    validation = page.get_by_label("Validation file")
    validation.select_option(validation.locator("option", has_text="tickets.valid").get_attribute("value"))
    page.get_by_label("Suffix of the tuned model's name").fill(suffix)
    page.get_by_text("Course of the training").click()
    page.get_by_label("Steps, in place of epochs").fill(str(STEPS))
    hint = page.get_by_text("auto: multiplier × the model's own rate")
    assert hint.evaluate("each => each.scrollWidth <= each.clientWidth && each.scrollHeight <= each.clientHeight"), "what auto becomes is not cut off"
    page.get_by_text("Adapter and annealing").click()
    if adapter:
        page.get_by_label("What is trained").select_option(adapter)
    page.get_by_label("Rank", exact=True).fill("1000")
    expect(page.locator("[id='problem-afa_lora.rank']")).to_contain_text("1000")
    expect(page.get_by_role("button", name="Start the job")).to_be_disabled()
    page.get_by_label("Rank", exact=True).fill("8")
    estimate = page.get_by_role("complementary", name="Estimate")
    expect(estimate.locator("dd").first).to_have_text("800")
    expect(estimate).to_contain_text("MB")
    expect(page.locator("[id='hint-afa_lora.alpha']")).to_have_text(re.compile(r"^auto: \d+$"))
    expect(page.locator("[id='hint-afa_lora.rank']")).to_have_text("")
    expect(page.get_by_label("As a command")).to_contain_text(f'"max_steps": {STEPS}')
    expect(page.get_by_label("In Python")).to_contain_text("client.fine_tuning.jobs.create(")
    it.accessible("new-job")
    page.get_by_role("button", name="Start the job").click()
    it.heading(suffix)
    done(f"{suffix}: a bad rank is refused beside its field, the estimate stands before the job runs")


def watch(it):
    page = it.page
    expect(page.get_by_role("img", name=re.compile("^Loss: training from"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Beta: beta from 1 to"))).to_be_visible()
    it.accessible("job-running")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    expect(page.locator(".heading .pill").first).to_have_text("paused")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".heading .pill").first).to_have_text("succeeded", timeout=600_000)
    expect(page.get_by_role("img", name=re.compile("^Beta: beta from 1 to 0"))).to_be_visible()
    expect(page.get_by_text("The job has successfully completed")).to_be_visible()
    it.accessible("job")
    done("curves, events and checkpoints are live; a job is paused and resumed")


def compare(it):
    page = it.page
    page.get_by_role("link", name="Jobs").click()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    it.accessible("jobs")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("link", name="Compare 2").click()
    it.heading("Compare")
    expect(page.get_by_role("img", name=re.compile("^Loss: second, training from .*first, training from"))).to_be_visible()
    expect(page.get_by_role("columnheader", name="adapter", exact=True)).to_be_visible()
    page.get_by_role("button", name="by time").click()
    expect(page).to_have_url(re.compile("by=time"))
    it.accessible("compare")
    done("curves of two jobs are laid over each other by time; the settings in which they differ are listed")


def take_home(it):
    page = it.page
    page.get_by_role("link", name="Models").click()
    it.accessible("models")
    page.get_by_role("link", name=re.compile("^ft:anneal-tiny:team-a:first:")).click()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("top1 agreement")).to_be_visible(timeout=600_000)
    page.get_by_label("Test file").select_option(label=page.locator("option", has_text="tickets.valid").first.inner_text())
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_text(re.compile("exact answers")).nth(1)).to_be_visible(timeout=600_000)
    it.accessible("model")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert "/archive?link=" in download.value.url, f"the browser fetches it, not the page: {download.value.url}"
    with tarfile.open(download.value.path()) as archive:
        assert any(name.endswith("model.safetensors") for name in archive.getnames()), archive.getnames()
    done("merged weights come with their proof and are downloaded; answers stand beside those of the base model")


def chat(it):
    page = it.page
    page.get_by_role("link", name="Chat").first.click()
    it.heading("Chat")
    page.get_by_label("Beside it").select_option("anneal-tiny")
    page.get_by_label("System message").fill("Turn the support ticket into one line of JSON.")
    page.get_by_label("Message", exact=True).fill("The parcel with the Summit Router is late! There is no rush.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".chat .assistant")).to_have_count(2)
    expect(page.locator(".chat").first.locator(".assistant")).to_contain_text('"team"')
    expect(page.get_by_text(re.compile(r"tokens/s, first after")).nth(1)).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    it.accessible("chat")
    done("tuned and base model answer side by side")


def refuse(it):
    page = it.page
    page.get_by_role("link", name="Administration").click()
    expect(page.get_by_role("heading", name="Use by team-a")).to_be_visible()
    expect(page.get_by_text("are shown to administrators")).to_be_visible()
    it.accessible("administration-of-a-tenant")
    page.get_by_role("button", name="Sign out").click()
    it.sign_in(ADMIN_KEY)
    page.get_by_role("link", name="Administration").click()
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Name", exact=True).fill("Team B")
    page.get_by_label("Id, as it stands").fill("team-b")
    page.get_by_role("button", name="Create").click()
    page.get_by_text("Team B").click()
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name", exact=True).fill("laptop")
    page.get_by_role("button", name="Create").click()
    secret = page.get_by_role("dialog").locator("pre").inner_text()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("rowheader", name="laptop")).to_be_visible()
    expect(page.get_by_role("cell", name="project.created")).to_be_visible()
    it.accessible("administration")
    page.get_by_role("button", name="Sign out").click()
    it.sign_in(secret)
    it.heading("Administration")
    page.get_by_role("link", name="Jobs").click()
    expect(page.get_by_text("No job yet.")).to_be_visible()
    done("a tenant sees no administration; an administrator makes a project and a key, whose owner sees no other tenant's jobs")


with console() as it:
    sign_in(it)
    upload(it)
    submit(it, "first")
    watch(it)
    submit(it, "second", "lora")
    expect(it.page.locator(".heading .pill").first).to_have_text("succeeded", timeout=600_000)
    compare(it)
    take_home(it)
    chat(it)
    refuse(it)
