"""Downloads with the official SDK from a service that sends clients to its bucket: OPENAI_BASE_URL=... OPENAI_API_KEY=none python downloads.py BUCKET_SERVER

The SDK's own client follows and leaves its key behind; one that follows nothing gets an error that says where the content is.
"""

import sys

import httpx2
from openai import APIStatusError, DefaultHttpxClient, OpenAI

bucket_server = sys.argv[1]
content = b"any content\n" * 1_000_000
answers = []
client = OpenAI(http_client=DefaultHttpxClient(event_hooks={"response": [answers.append]}))
file = client.files.create(file=("notes.txt", content), purpose="user_data")

for download in (client, OpenAI()):
    assert download.files.content(file.id).read() == content
    with download.files.with_streaming_response.content(file.id) as response:
        assert b"".join(response.iter_bytes()) == content
sent, followed = answers[1:3]
assert (sent.status_code, followed.status_code) == (302, 200), answers
assert str(followed.url).startswith(bucket_server), followed.url
assert "authorization" in sent.request.headers and "authorization" not in followed.request.headers
assert followed.headers["content-disposition"].startswith("attachment"), followed.headers

try:
    OpenAI(http_client=httpx2.Client(), max_retries=0).files.content(file.id)
    raise AssertionError("a client that follows nothing has got an answer")
except APIStatusError as error:
    assert error.status_code == 302 and error.response.headers["location"].startswith(bucket_server), error
print("ok downloads", [answer.status_code for answer in answers])
