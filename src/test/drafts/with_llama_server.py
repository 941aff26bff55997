"""llama.cpp's server: a target as GGUF with a draft as GGUF. with_llama_server.py SERVER TARGET.gguf DRAFT.gguf"""
import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from prompts import NEW_TOKENS, TEXTS

DRAFTED = 3


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def ask(port, path, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", None if body is None else json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


@contextlib.contextmanager
def serving(*arguments):
    port = free_port()
    command = [sys.argv[1], "--host", "127.0.0.1", "--port", str(port), "--ctx-size", "256", "--parallel", "1", "--threads", "1", *arguments]
    process = subprocess.Popen(command, stdout=sys.stderr, stderr=sys.stderr)
    try:
        for _ in range(240):
            assert process.poll() is None, "llama-server has ended"
            try:
                ask(port, "/health")
                break
            except urllib.error.URLError:
                time.sleep(0.5)
        yield port
    finally:
        process.terminate()
        process.wait()


def texts(port):
    """Greedy answers, and in how many passes the target has written them: each pass writes one token besides the accepted ones."""
    answers, passes = [], 0
    for text in TEXTS:
        answer = ask(port, "/completion", {"prompt": text, "n_predict": NEW_TOKENS, "temperature": 0, "return_tokens": True, "ignore_eos": True})
        answers.append(answer["tokens"])
        passes += len(answer["tokens"]) - answer["timings"].get("draft_n_accepted", 0)
    return answers, passes


def main():
    target, draft = sys.argv[2:4]
    with serving("--model", target) as port:
        alone, _ = texts(port)
    with serving("--model", target, "--model-draft", draft, "--spec-type", "draft-simple", "--spec-draft-n-max", str(DRAFTED)) as port:
        together, passes = texts(port)
    print(json.dumps({"texts": alone, "texts_with_draft": together, "passes": passes}))


main()
