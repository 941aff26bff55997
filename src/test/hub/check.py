"""Holds what Anneal says to a Hub against what huggingface_hub says for the same files, and has huggingface_hub read what Anneal has pushed."""

import hashlib
import json
import os
import pathlib
import time
import urllib.error
import urllib.request

import uploads
from huggingface_hub import HfApi, __version__, hf_hub_download, snapshot_download

API = f"http://127.0.0.1:{os.environ['ANNEAL_API']}/v1"
CONTROL = os.environ["HUB_CONTROL"]
WORK = pathlib.Path(os.environ["HUB_WORK"])
HUB = {"endpoint": os.environ["HUB"], "token": os.environ["HUB_TOKEN"]}
REPO = "acme/tickets"
MESSAGE = "Tuned on tickets"
PATIENCE_SECONDS = 600


def call(address, body=None, data=None, content_type="application/json", method=None):
    sent = json.dumps(body).encode() if body is not None else data
    request = urllib.request.Request(address, sent, {"Content-Type": content_type}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.read()
    except urllib.error.HTTPError as refused:
        raise AssertionError((address, refused.code, refused.read())) from refused


def anneal(path, **request):
    return json.loads(call(API + path, **request))


def hub_forgets(parts):
    """The Hub as it was at first, that wants large files in parts or whole."""
    call(f"{CONTROL}/forget", method="PUT")
    call(f"{CONTROL}/parts/{str(parts).lower()}", method="PUT")
    conversation()


def conversation():
    """What has been said to the Hub and its storage since the last time."""
    return json.loads(call(f"{CONTROL}/seen"))


def upload(name, rows):
    return anneal("/files", data=uploads.training_file(name, rows), content_type=uploads.CONTENT_TYPE)["id"]


def ended(read, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (seen := read())["status"] not in ("succeeded", "failed", "cancelled"):
        assert time.monotonic() < deadline, "has not ended: " + what
        time.sleep(0.2)
    assert seen["status"] == "succeeded", seen
    return seen


def export():
    """Path of the merged model of a job, and its files."""
    hyperparameters = {"n_epochs": 1, "batch_size": 4}
    method = {"type": "supervised", "supervised": {"hyperparameters": hyperparameters}}
    job = "/fine_tuning/jobs/" + anneal("/fine_tuning/jobs", body={
        "model": "anneal-tiny", "training_file": upload("tickets.train.jsonl", 16), "method": method})["id"]
    ended(lambda: anneal(job), "the job")
    path = f"{job}/exports/" + anneal(job + "/merge", data=b"")["id"]
    ended(lambda: anneal(path), "the export")
    names = [file["name"] for file in anneal(path + "/files")["data"]]
    assert "model.safetensors" in names and "config.json" in names, names
    return path, {name: call(f"{API}{path}/files/{name}") for name in names}


def push(path):
    """Has Anneal push the export; what becomes of it."""
    pushed = anneal(path + "/push", body={"repo_id": REPO, "commit_message": MESSAGE})
    return ended(lambda: anneal(f"{path}/push/{pushed['id']}"), "the push")


def client_pushes(files):
    """Has huggingface_hub push the same; the commit."""
    folder = WORK / "folder"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    api = HfApi(**HUB)
    api.create_repo(REPO, private=True, exist_ok=True, repo_type="model")
    return api.upload_folder(folder_path=folder, repo_id=REPO, commit_message=MESSAGE).oid


def read_back(files, commit, name):
    """huggingface_hub has every byte, by branch and by commit, and what it calls them is what they are."""
    folder = pathlib.Path(snapshot_download(REPO, cache_dir=WORK / name, **HUB))
    assert folder.name == commit, (folder, commit)
    assert {file.name for file in folder.iterdir()} == files.keys() | {".gitattributes"}
    for file, content in files.items():
        assert (folder / file).read_bytes() == content, file
    large = folder / "model.safetensors"
    assert large.resolve().name == hashlib.sha256(files[large.name]).hexdigest(), large.resolve()
    again = hf_hub_download(REPO, large.name, revision=commit, local_dir=WORK / (name + ".one"), **HUB)
    assert pathlib.Path(again).read_bytes() == files[large.name]
    verified = HfApi(**HUB).verify_repo_checksums(REPO, cache_dir=WORK / name)
    assert verified.checked_count == len(files) + 1 and not verified.mismatches, verified


def media_type(headers):
    return headers.get("content-type", "").split(";")[0]


def said(request):
    """A request without what does not matter: the order of keys, of files and of those that are sent at the same time, and the client's name."""
    headers, body = request["headers"], request["body"]
    if request["server"] == "storage":
        size = int(headers["content-length"])
        return "storage", request["method"], request["path"], request["query"], "authorization" in headers, size, body
    if media_type(headers) == "application/x-ndjson":
        lines = [json.loads(line) for line in body.splitlines()]
        body = lines[:1] + sorted(lines[1:], key=lambda line: line["value"]["path"])
    elif body:
        body = json.loads(body)
        for key, order in (("files", "path"), ("objects", "oid")):
            if key in body:
                body[key].sort(key=lambda one: one[order])
    accept = headers.get("accept", "*/*")
    return ("hub", request["method"], request["path"], request["query"], headers.get("authorization"), media_type(headers), accept,
            json.dumps(body, sort_keys=True))


def compare(anneals, clients):
    """Anneal's requests are the client's, but for one: it asks whether the repository is private before it sends anything."""
    ours, theirs = [said(one) for one in anneals], [said(one) for one in clients]
    asks = [one for one in ours if one[:3] == ("hub", "GET", f"/api/models/{REPO}")]
    assert len(asks) == 1, asks
    ours.remove(asks[0])
    for ours_one, theirs_one in zip(ours, theirs):
        assert ours_one == theirs_one, f"\nAnneal          {ours_one}\nhuggingface_hub {theirs_one}"
    assert len(ours) == len(theirs), ([one[:3] for one in ours], [one[:3] for one in theirs])
    return len(theirs)


def main():
    path, files = export()
    for parts in (False, True):
        hub_forgets(parts)
        client_pushes(files)
        clients = conversation()
        head = client_pushes(files)
        clients_again = conversation()

        # What the client has pushed is there for Anneal, too.
        assert push(path)["commit"] == {"sha": head, "url": f"{HUB['endpoint']}/{REPO}/commit/{head}"}
        again = compare(conversation(), clients_again)

        hub_forgets(parts)
        pushed = push(path)
        requests = compare(conversation(), clients)
        read_back(files, pushed["commit"]["sha"], f"cache.{parts}")
        print(f"huggingface_hub {__version__}, {'in parts' if parts else 'whole'}: {requests} requests of a push and {again} of the same push"
              f" again are Anneal's; {len(files)} files, {sum(map(len, files.values()))} bytes, read back")


main()
