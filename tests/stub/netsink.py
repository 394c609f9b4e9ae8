#!/usr/bin/python3 -S
"""netsink.py DIR ADDRESS qmtp|qmqp [SCRIPT...] - a server of QMTP or QMQP that does as it is told

Writes its port to DIR/port, what happens to DIR/log ("connect N", "request N RCPTS", "end N"), and each request to
DIR/N.mess and DIR/N.env (sender and recipients, a line each). The first connection has the first script, and so on; all
further ones the last. A script is steps with ; between them, by default "serve":

    serve           takes all requests until the client ends: K for each recipient (qmqp: for all)
    req             reads one request
    ok [LETTERS]    answers it; with LETTERS one of them for each recipient, in turn
    say BYTES       sends bytes, with the escapes of Python's strings
    tell WORDS      sends them as one answer
    forever BYTES   sends them again and again, until the client is gone
    read N          reads so many bytes
    eof             reads until the client ends
    sleep S
    reset           closes with RST
    tls FILE        a handshake, with the key and certificate in FILE
    run PROGRAM     gives the connection to a program, on descriptors 0 and 1
"""
import os, socket, struct, sys, threading, time

folder, address, protocol = sys.argv[1:4]
scripts = sys.argv[4:] or ["serve"]
lock = threading.Lock()
requests = 0


def log(*words):
    with lock, open(folder + "/log", "a") as f:
        print(*words, file=f)


def exactly(c, n):
    data = bytearray()
    while len(data) < n:
        more = c.recv(min(n - len(data), 1 << 20))
        if not more:
            raise EOFError
        data += more
    return bytes(data)


def netstring(read):
    head = b""
    while not head.endswith(b":"):
        head += read(1)
        assert len(head) < 12, head
    data = read(int(head[:-1]))
    assert read(1) == b",", "no comma"
    return data


def inside(data):
    at = 0

    def read(n):
        nonlocal at
        at += n
        assert at <= len(data)
        return data[at - n:at]
    while at < len(data):
        yield netstring(read)


def request(c, conn):
    global requests
    first = netstring(lambda n: exactly(c, n))
    if protocol == "qmqp":
        message, sender, *rcpts = inside(first)
    else:
        message, sender = first, netstring(lambda n: exactly(c, n))
        rcpts = list(inside(netstring(lambda n: exactly(c, n))))
    with lock:
        requests += 1
        n = requests
    with open(f"{folder}/{n}.mess", "wb") as f:
        f.write(message)
    with open(f"{folder}/{n}.env", "wb") as f:
        f.write(b"".join(a + b"\n" for a in [sender] + rcpts))
    log("request", conn, len(rcpts))
    return len(rcpts) if protocol == "qmtp" else 1


def answer(c, n, letters):
    out = b""
    for i in range(n):
        letter = letters[i % len(letters)]
        text = letter + {"K": "2.0.0 taken", "Z": "4.2.1 not now", "D": "5.1.1 not here"}[letter]
        out += b"%d:%s," % (len(text), text.encode())
    c.sendall(out)


def play(c, conn, script):
    n = 0
    for step in script.split(";"):
        word, _, value = step.strip().partition(" ")
        data = value.encode().decode("unicode_escape").encode("latin-1")
        if word == "serve":
            while True:
                answer(c, request(c, conn), "K")
        elif word == "req": n = request(c, conn)
        elif word == "ok": answer(c, n, value or "K")
        elif word == "say": c.sendall(data)
        elif word == "tell": c.sendall(b"%d:%s," % (len(data), data))
        elif word == "read": exactly(c, int(value))
        elif word == "sleep": time.sleep(float(value))
        elif word == "reset":
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif word == "tls":
            import ssl      # dear to load, for few
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(value)
            c = context.wrap_socket(c, server_side=True)
        elif word == "run":
            import subprocess
            subprocess.run([value], stdin=c, stdout=c)
        elif word == "eof":
            while c.recv(65536):
                pass
        elif word == "forever":
            while True:
                c.sendall(data)
                time.sleep(0.01)
        else:
            raise AssertionError(step)


def connection(c, conn):
    log("connect", conn)
    try:
        play(c, conn, scripts[min(conn, len(scripts)) - 1])
    except (EOFError, ConnectionError):
        pass
    except AssertionError as e:
        log("broken", conn, repr(e))
    c.close()
    log("end", conn)


with socket.create_server((address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET) as server:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # what is not read does not fit anywhere else
    with open(folder + "/port.new", "w") as f:
        f.write(str(server.getsockname()[1]))
    os.rename(folder + "/port.new", folder + "/port")
    conn = 0
    while True:
        c, _ = server.accept()
        conn += 1
        threading.Thread(target=connection, args=(c, conn), daemon=True).start()
