"""A web server on the loopback that does what it is told, also what no server should do.

    site = Site()
    site["/page"] = page("text/html", "<p>…")         # bytes as they go out
    site["/x"] = lambda request, send: send(b"…")     # or a function: send() raises once the client is gone
    site.url("/page"), site.asked ("GET /page" …), site.stop()
"""
import contextlib
import socket
import ssl
import struct
import threading


def page(kind, body, status="200 OK", **headers):
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def redirect(to, status="302 Found"):
    return page("text/plain", "", status, Location=to)


def zstd_of_one_byte(size, byte=b"a"):
    """A zstd frame of `size` times the same byte: a few bytes for every 128 KB (RFC 8878: blocks of type RLE)."""
    out, block = b"\x28\xb5\x2f\xfd\x00\x50", 128 * 1024
    while size > 0:
        now = min(size, block)
        size -= now
        out += struct.pack("<I", (size == 0) | 1 << 1 | now << 3)[:3] + byte
    return out


class Site:
    def __init__(self, tls=None):
        self.pages, self.asked, self.requests = {}, [], []
        self.arrived = threading.Condition()
        self.scheme = "https" if tls else "http"
        self.tls = None
        if tls:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*tls)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.ending = False
        threading.Thread(target=self.accept, daemon=True).start()

    def __setitem__(self, path, answer):
        self.pages[path] = answer

    def url(self, path="/"):
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError, ValueError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head:
                got = connection.recv(65536)
                if not got:
                    return
                head += got
            lines = head.decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            with self.arrived:
                self.asked.append(path)
                self.requests.append(lines)
                self.arrived.notify_all()
            answer = self.pages.get(path, page("text/plain", "", "404 Not Found"))
            if callable(answer):
                answer(lines, connection.sendall)
            else:
                connection.sendall(answer)
        with contextlib.suppress(OSError):
            connection.close()

    def wait_for(self, path, seconds=30):
        with self.arrived:
            assert self.arrived.wait_for(lambda: path in self.asked, seconds), f"{path} was never asked for"

    def count(self, path):
        with self.arrived:
            return self.asked.count(path)

    def stop(self):
        self.ending = True
        self.listener.close()
