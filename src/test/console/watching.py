"""Jobs as they are watched: zoomed, by their id, with what matters to their method first, compared in all their settings, paused."""
from browser import ADDRESS, console, done, expect
from service import call, ended, train, upload


def cancel(job):
    call(f"fine_tuning/jobs/{job['id']}/cancel", {})


def first_charts(page):
    return page.locator(".chart h3").all_inner_texts()


def zoomed(it, job):
    page = it.page
    steps = lambda: page.evaluate("document.querySelector('run-chart')?.data.lines[0].xs.at(-1) ?? 0")
    zoom = lambda: page.evaluate("document.querySelector('run-chart').zoom")

    def wait_for(step):
        while steps() < step:
            page.wait_for_timeout(200)

    it.open(f"#/job/{job['id']}")
    wait_for(10)
    box = page.locator(".u-over").first.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 50, steps=5)
    page.mouse.up()
    page.mouse.move(5, 5)
    chosen = zoom()
    assert chosen, "a part of the chart is chosen"
    wait_for(steps() + 5)
    assert zoom() == chosen, f"{zoom()} is shown instead of {chosen} after a refresh"
    page.get_by_role("button", name="Dark").click()
    assert zoom() == chosen, "other colours leave it as it is"
    page.get_by_role("button", name="Light").click()
    # As the system has it again, for the checks in both colours.
    page.evaluate("localStorage.removeItem('anneal.colours')")
    page.locator(".u-over").first.dblclick()
    assert zoom() is None, "a double click shows all"
    wait_for(steps() + 5)
    assert zoom() is None, "what is shown whole grows"
    done("a zoomed chart stays as it is while the job goes on")


def named(it, job):
    page = it.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=ADDRESS)
    expect(page.locator("main").get_by_text(job["id"], exact=True).first).to_be_visible()
    page.get_by_role("button", name="Copy id").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == job["id"]
    done("a job's id stands on its page, to be copied")


def paused(it, file):
    """A paused job does not keep its place, and the dialog says so."""
    page = it.page
    first, second = (train(f"waiting-{number}", file, anneal={"max_steps": 5_000}) for number in (1, 2))
    it.open(f"#/job/{first['id']}")
    place = page.locator("dt", has_text="Queue").locator("+ dd")
    expect(place).to_have_text("1 of 2")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("dialog")).to_contain_text("does not keep its place. Once it is resumed, it queues like a new job.")
    it.accessible("pause")
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").click()
    expect(place).to_have_text("2 of 2")
    cancel(first)
    cancel(second)
    done("what is said of a pause is true: the job queues like a new one")


def compared(it, file):
    """Nine jobs, each with a setting of its own."""
    page = it.page
    settings = [{}, {"seed": 7}, {"afa_lora": {"schedule": {"end": 0.5}}}, {"metadata": {"team": "search"}}] + [
        {"anneal": own} for own in ({"weight_decay": 0.1}, {"gradient_accumulation": 2}, {"lora_plus_ratio": 4}, {"eval_interval": 3}, {"priority": 9})]
    jobs = [train(f"compared-{number}", file, **own) for number, own in enumerate(settings)]
    for job in jobs:
        cancel(job)
    it.open(f"#/compare?jobs={','.join(job['id'] for job in jobs)}")
    expect(page.get_by_text("The first 8 of 9 jobs are shown")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(8)
    for name in ("seed", "afa lora.schedule.end", "metadata.team", "weight decay", "gradient accumulation", "lora plus ratio"):
        expect(page.get_by_role("columnheader", name=name, exact=True)).to_be_visible()
    for name in ("state", "percent", "created at"):
        expect(page.get_by_role("columnheader", name=name, exact=True)).to_have_count(0)
    page.get_by_role("button", name=f"Remove {jobs[0]['id']}").click()
    expect(page.get_by_role("rowheader", name="compared-8")).to_be_visible()
    expect(page.get_by_role("columnheader", name="priority", exact=True)).to_be_visible()
    expect(page.get_by_text("The first 8 of 9 jobs are shown")).to_have_count(0)
    it.accessible("compare-many")
    done("eight jobs are compared in all settings that differ, and a ninth is told")


def by_method(it, file):
    page = it.page
    pairs = train("pairs", upload("preferences.train.jsonl"), method={"type": "dpo"}, anneal={"max_steps": 2})
    grader = {"type": "string_check", "name": "sum", "input": "{{sample.output_text}}", "reference": "{{item.answer}}", "operation": "eq"}
    rewarded = train("rewarded", upload("addition.train.jsonl"), method={"type": "reinforcement", "reinforcement": {"grader": grader}},
                     anneal={"max_steps": 2, "rollouts": {"group_size": 4, "max_completion_tokens": 8}})
    draft = train("drafted", file, method={"type": "speculative_draft", "speculative_draft": {"kind": "eagle3"}}, anneal={"max_steps": 2})
    for job, charts in ((pairs, ["Accuracy of preferences", "Margin of preferences", "Loss"]), (rewarded, ["Reward"]), (draft, ["Acceptance of the first token", "Loss"])):
        ended(job)
        it.open(f"#/job/{job['id']}")
        expect(page.locator(".chart").first).to_be_visible()
        assert first_charts(page)[:len(charts)] == charts, first_charts(page)
        it.accessible(f"job-{job['user_provided_suffix']}")
    it.open(f"#/compare?jobs={rewarded['id']},{pairs['id']}")
    cell = lambda job, name: page.get_by_role("row", name=job).get_by_role("cell").nth(page.locator("thead th").all_inner_texts().index(name) - 1)
    expect(page.get_by_role("columnheader", name="Reward, training")).to_be_visible()
    assert cell("rewarded", "Reward, training").inner_text() != "–"
    assert cell("rewarded", "Loss, training").inner_text() == "–", "the loss of rewards tells nothing"
    assert cell("pairs", "Accuracy of preferences, training").inner_text() != "–"
    it.accessible("compare-methods")
    done("each method's own measurements come first")


with console() as it:
    tickets = upload("tickets.train.jsonl")
    it.open()
    it.sign_in()
    it.heading("Jobs")
    long = train("long", tickets, anneal={"max_steps": 5_000})
    zoomed(it, long)
    named(it, long)
    paused(it, tickets)
    compared(it, tickets)
    cancel(long)
    by_method(it, tickets)
