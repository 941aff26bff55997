"""What the programs of this folder do alike with the official OpenAI SDK."""

import time


def upload(client, *paths):
    """Uploads datasets and waits until each is found usable."""
    files = []
    for path in paths:
        with open(path, "rb") as content:
            uploaded = client.files.create(file=content, purpose="fine-tune")
        files.append(client.files.wait_for_processing(uploaded.id, poll_interval=0.2))
    assert all(f.status == "processed" for f in files), files
    return files


def succeeded(client, job):
    """Follows a job to its end, which must be a good one."""
    while job.status not in ("succeeded", "failed", "cancelled"):
        time.sleep(0.5)
        job = client.fine_tuning.jobs.retrieve(job.id)
    assert job.status == "succeeded", job.error
    return job
