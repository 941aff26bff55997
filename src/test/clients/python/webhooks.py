"""Is told of a job's end by a webhook and verifies it with the official OpenAI SDK.

    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none python webhooks.py MODEL TRAINING_FILE

The service needs anneal.outbound.allowed-addresses=127.0.0.1. Every reply is parsed strictly; exits 0 if all holds.
"""

import queue
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from openai import InvalidWebhookSignatureError, OpenAI

from jobs import upload

model, training = sys.argv[1:3]
client = OpenAI(_strict_response_validation=True)
received = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        received.put((self.rfile.read(int(self.headers["content-length"])), dict(self.headers)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()

types = ["fine_tuning.job.succeeded", "fine_tuning.job.cancelled"]
assert set(types) <= set(client.webhooks.event_types.list().data)
endpoint = client.webhooks.create(name="python", url=f"http://127.0.0.1:{server.server_port}/hook", event_types=types)
assert endpoint.id in {e.id for e in client.webhooks.list(limit=1)}
assert client.webhooks.test(endpoint.id, event_type="fine_tuning.job.succeeded").status_code == 204
body, headers = received.get(timeout=10)
assert client.webhooks.unwrap(body, headers, secret=endpoint.signing_secret).type == "fine_tuning.job.succeeded"

rotated = client.webhooks.rotate_secret(endpoint.id, keep_old_secret_active_for_24_hours=True)
job = client.fine_tuning.jobs.create(model=model, training_file=upload(client, training)[0].id)
client.fine_tuning.jobs.cancel(job.id)
body, headers = received.get(timeout=60)
for secret in (endpoint.signing_secret, rotated.signing_secret):
    event = client.webhooks.unwrap(body, headers, secret=secret)
    assert event.type == "fine_tuning.job.cancelled" and event.data.id == job.id, event
try:
    client.webhooks.unwrap(body + b" ", headers, secret=rotated.signing_secret)
    raise AssertionError("a changed body has passed")
except InvalidWebhookSignatureError:
    pass
assert client.webhooks.delete(endpoint.id).deleted
print(f"python: told of {job.id} by {event.id}")
