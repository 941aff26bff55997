"""A proxy that serves the service below a path, as ingresses do, and that can lose its connections."""
import contextlib
import http.server
import socket
import threading
import urllib.error
import urllib.request

HOP_BY_HOP = {"transfer-encoding", "connection", "keep-alive", "content-length"}


class Proxy(http.server.ThreadingHTTPServer):
    """`cut` is what becomes of requests: None, "connections" that are closed, "answers" that are lost, or a status such as 502 in the proxy's own words."""

    daemon_threads = True

    def __init__(self, path, target):
        super().__init__(("127.0.0.1", 0), Handler)
        self.path, self.target = path, target
        self.address = f"http://127.0.0.1:{self.server_port}{path}"
        self.cut = None
        self.requests = 0
        self.connections = set()

    def lose(self, what="connections"):
        self.cut = what
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self.cut = None

    def handle_error(self, *_):
        pass


class Handler(http.server.BaseHTTPRequestHandler):

    def setup(self):
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self):
        self.server.connections.discard(self.connection)
        super().finish()

    def do_GET(self):
        self.forward()

    def do_POST(self):
        self.forward()

    def forward(self):
        self.server.requests += 1
        if self.server.cut == "connections":
            return
        if isinstance(self.server.cut, int):
            self.send_error(self.server.cut)
            return
        if not self.path.startswith(self.server.path):
            self.send_error(404)
            return
        body = self.rfile.read(int(self.headers.get("content-length", 0))) or None
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP | {"host"}}
        request = urllib.request.Request(f"{self.server.target}/{self.path.removeprefix(self.server.path)}", body, headers, method=self.command)
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer, contextlib.suppress(OSError):
            if self.server.cut == "answers":
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.end_headers()
            while piece := answer.read1(1 << 16):
                self.wfile.write(piece)
                self.wfile.flush()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def below(path, target):
    """A proxy that serves the target below the path and ends with the block."""
    server = Proxy(path, target)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
