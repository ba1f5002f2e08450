"""Requests byte by byte, as no library would send them."""
import socket


class Reply:
    def __init__(self, status, head, body, closed):
        self.status, self.head, self.body, self.closed = status, head, body, closed


def read_reply(link, has_body=True):
    """One reply; None when the connection ends without one."""
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            got = link.recv(1)
            if not got:
                return None
            data += got
        head = data.decode("latin-1")
        length = next((int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
        body = b""
        while has_body and len(body) < length and (got := link.recv(length - len(body))):
            body += got
    except (ConnectionResetError, TimeoutError):
        return None
    return Reply(int(head.split()[1]), head, body, False)


QUIET_S, PATIENCE_S = 0.1, 20


def ask(port, data):
    """Sends the bytes; the replies that come until the server closes or has been quiet for a moment. A request that the
    server still waits to see the end of is ended then."""
    replies = []
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as link:
        try:
            link.sendall(data)
        except OSError:
            pass
        ended = False
        while True:
            link.settimeout(PATIENCE_S if ended and not replies else QUIET_S)
            reply = read_reply(link, not data.startswith(b"HEAD"))
            if reply is not None:
                replies.append(reply)
            elif replies or ended:
                return replies
            else:
                ended = True
                try:
                    link.shutdown(socket.SHUT_WR)
                except OSError:
                    return replies
