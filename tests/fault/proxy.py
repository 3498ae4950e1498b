#!/usr/bin/env python3
"""proxy FOLDER SERVER: PostgreSQL's socket in FOLDER, which passes on to the socket folder SERVER and disturbs on demand.

What FOLDER/orders says, one order a line, is done once and in its order:
  commit lost      the next COMMIT reaches the server, its answer does not come back: the outcome is unknown
  commit cut       the next COMMIT does not reach the server, and the connection is cut
  copy cut         the next COPY is cut in its middle
  cut              all connections are cut now
  away SECONDS     all connections are cut, and none is taken for so long
What was done is written to FOLDER/done, a line each. The protocol's messages are read as far as that needs
(PostgreSQL's manual, "Message Formats"): a byte for the kind, four for the length.
"""
import os
import socket
import sys
import threading
import time

folder, server = sys.argv[1], sys.argv[2]
lock = threading.Lock()
pairs, waiting = set(), []
away_until = 0.0


def note(what):
    with open(os.path.join(folder, "done"), "a") as out:
        out.write(what + "\n")


def take(order):
    """True where this order is the next to be done; it is done then."""
    with lock:
        if waiting and waiting[0] == order:
            waiting.pop(0)
            return True
    return False


def close(pair):
    with lock:
        pairs.discard(pair)
    for end in pair:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def exactly(end, count):
    data = b""
    while len(data) < count:
        piece = end.recv(count - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


def pass_on(pair, source, target):
    """What the server says, byte by byte."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    close(pair)


def disturb(pair, kind, body):
    """True where the message met an order, and the connection is over."""
    client, upstream = pair
    head = kind + (len(body) + 4).to_bytes(4, "big")
    if kind == b"Q" and body.rstrip(b"\0").upper() == b"COMMIT":
        if take("commit cut"):
            note("commit cut")
            return True
        if take("commit lost"):
            client.shutdown(socket.SHUT_RDWR)  # first, so that the answer finds nobody
            upstream.sendall(head + body)
            time.sleep(0.2)
            note("commit lost")
            return True
    if kind == b"d" and take("copy cut"):
        upstream.sendall(head + body[: len(body) // 2])
        note("copy cut")
        return True
    upstream.sendall(head + body)
    return False


def serve(pair):
    client, upstream = pair
    try:
        length = exactly(client, 4)
        upstream.sendall(length + exactly(client, int.from_bytes(length, "big") - 4))
        while True:
            kind = exactly(client, 1)
            body = exactly(client, int.from_bytes(exactly(client, 4), "big") - 4)
            if disturb(pair, kind, body):
                break
    except OSError:
        pass
    close(pair)


def obey():
    """Reads the orders as they are written."""
    global away_until
    path, seen = os.path.join(folder, "orders"), 0
    while True:
        time.sleep(0.02)
        if not os.path.exists(path):
            continue
        with open(path) as orders:
            orders.seek(seen)
            text = orders.read()
        text = text[: text.rfind("\n") + 1]
        seen += len(text)
        for order in text.splitlines():
            if not order.startswith(("cut", "away")):
                with lock:
                    waiting.append(order)
                continue
            if order.startswith("away"):
                away_until = time.monotonic() + float(order.split()[1])
            for pair in list(pairs):
                close(pair)
            note(order)


def main():
    path = os.path.join(folder, ".s.PGSQL.5432")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    threading.Thread(target=obey, daemon=True).start()
    while True:
        client, _ = listener.accept()
        upstream = socket.socket(socket.AF_UNIX)
        try:
            if time.monotonic() < away_until:
                raise OSError
            upstream.connect(os.path.join(server, ".s.PGSQL.5432"))
        except OSError:
            client.close()
            continue
        pair = (client, upstream)
        with lock:
            pairs.add(pair)
        threading.Thread(target=serve, args=(pair,), daemon=True).start()
        threading.Thread(target=pass_on, args=(pair, upstream, client), daemon=True).start()


main()
