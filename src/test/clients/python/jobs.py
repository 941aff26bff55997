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


def trained(client, model, training, validation, **settings):
    """Uploads both datasets, trains the model on them and returns the job, which must end well."""
    files = upload(client, training, validation)
    job = client.fine_tuning.jobs.create(
        model=model, training_file=files[0].id, validation_file=files[1].id, seed=7, **settings
    )
    return succeeded(client, job)


def succeeded(client, job):
    """Follows a job to its end, which must be a good one."""
    while job.status not in ("succeeded", "failed", "cancelled"):
        time.sleep(0.5)
        job = client.fine_tuning.jobs.retrieve(job.id)
    assert job.status == "succeeded", job.error
    return job
