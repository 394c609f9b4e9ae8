#!/usr/bin/python3 -S
"""smtpsink.py DIR ADDRESS[:PORT]|/SOCKET [KEY=ACTION ...] - an SMTP or LMTP server that does what it is told

Writes DIR/port once it listens, DIR/log ("connect N from ADDRESS", "N> command", "N message FILE", "N closed") and what
came after each DATA, byte for byte with its end, or BDAT, as DIR/msg.K. Every command's line end must be CRLF: others
are logged as "bare".

KEY is greeting, ehlo, helo, lhlo, starttls, auth, mail, rcpt, data, dot (after the message), bdat (after its bytes), rset,
noop, quit, rcpt:ADDRESS, or dot:ADDRESS; response, for what comes after a 334. tls=FILE: TLS before the greeting.
After LHLO the last two are asked for each recipient that got a 2xx (RFC 2033), in their order. A KEY given more than
once is used in that order, over all connections; the last one stays. @FILE instead: such lines are read from FILE
anew for each connection. ACTION is a reply, lines separated by "|",
or "close", "hang", "sleep:SECONDS:ACTION", "then-close:ACTION", "then-hang:ACTION", "early:BYTES:ACTION" (of DATA: 354,
then after so many bytes of the message the action, and the end of reading), "raw:ESCAPED" (no line end added), "then-tls:FILE:ACTION" (TLS with the key and
certificate in FILE; logs "N tls VERSION NAME"), "scram:PASSWORD[:FAULT]" (of auth: SCRAM-SHA-256, with "signature", "nonce" or
"rubbish" in the place of the right one, "silent": without a signature, "error": e= in its place, "iterations=N"), "then-rubbish:ACTION" (in the place of a handshake), "flood" (a reply
without end), "drip" (a byte now and then).
"""
import os, re, socket, sys, threading, time

folder = sys.argv[1]
host, _, port = sys.argv[2].rpartition(":") if re.search(r":\d+$", sys.argv[2]) and sys.argv[2][0] != ":" else (sys.argv[2], "", "0")
host = host.strip("[]")
lock = threading.Lock()
STANDARD = {"greeting": ["220 sink ESMTP"], "ehlo": ["250-sink|250-PIPELINING|250-8BITMIME|250 SIZE 0"],
            "lhlo": ["250-sink|250-PIPELINING|250-8BITMIME|250 SIZE 0"],
            "helo": ["250 sink"], "mail": ["250 2.1.0 ok"], "rcpt": ["250 2.1.5 ok"], "data": ["354 go"],
            "dot": ["250 2.0.0 taken"], "bdat": ["250 2.0.0 taken"], "rset": ["250 ok"], "quit": ["221 bye"]}
script = {}


def load(args):
    given = {}
    for arg in args:
        key, _, action = arg.rstrip("\n").partition("=")
        given.setdefault(key, []).append(action)
    script.clear()
    script.update({key: list(actions) for key, actions in STANDARD.items()})
    script.update(given)


def reload():
    if sys.argv[3:] and sys.argv[3][0] == "@":
        with lock, open(sys.argv[3][1:]) as f:
            load(f.readlines())


load([] if sys.argv[3:] and sys.argv[3][0] == "@" else sys.argv[3:])
counts = {"connection": 0, "message": 0}
logfile = open(folder + "/log", "a", buffering=1)


def log(text):
    with lock:
        logfile.write(text + "\n")


def number(what):
    with lock:
        counts[what] += 1
        return counts[what]


def next_action(key):
    with lock:
        actions = script[key]
        return actions.pop(0) if len(actions) > 1 else actions[0]


class Gone(Exception):
    pass


def covered(conn, n, pem):
    """the connection by TLS"""
    import ssl      # dear to load, for few
    asked = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.sni_callback = lambda _, name, __: asked.append(name)
    try:
        conn = context.wrap_socket(conn, server_side=True)
    except OSError as e:
        log("%d no tls: %s" % (n, e))
        raise Gone
    log("%d tls %s %s" % (n, conn.version(), (asked + ["-"])[0] or "-"))
    return conn


def act(conn, action):
    if action == "close":
        raise Gone
    if action == "hang":
        time.sleep(3600)
    if action.startswith("sleep:"):
        _, seconds, rest = action.split(":", 2)
        time.sleep(float(seconds))
        return act(conn, rest)
    if action.startswith("then-close:"):
        act(conn, action[11:])
        raise Gone
    if action.startswith("then-hang:"):
        act(conn, action[10:])
        time.sleep(3600)
    if action.startswith("then-tls:"):
        _, _, rest = action.split(":", 2)
        return act(conn, rest) and action
    if action.startswith("then-rubbish:"):
        act(conn, action[13:])
        conn.recv(100)
        conn.sendall(b"\0\1rubbish" * 50)
        raise Gone
    if action.startswith("early:"):
        _, n, rest = action.split(":", 2)
        conn.sendall(b"354 go\r\n")
        while int(n) > 0:
            n = int(n) - len(conn.recv(int(n)) or b"x" * int(n))
        act(conn, rest)
        raise Gone
    if action == "flood":
        while True:
            conn.sendall(b"250-more and more\r\n" * 100)
    if action == "drip":
        while True:
            conn.sendall(b"2")
            time.sleep(0.1)
    if action.startswith("raw:"):
        conn.sendall(action[4:].encode("latin-1").decode("unicode_escape").encode("latin-1"))
    else:
        conn.sendall(b"".join(part.encode("latin-1") + b"\r\n" for part in action.split("|")))
    return action


def heard(stream, n):
    """the next line; at the end there is none"""
    line = stream.readline()
    if not line:
        raise Gone
    text = line.rstrip(b"\r\n").decode("latin-1")
    log("%d%s %s" % (n, ">" if line.endswith(b"\r\n") else " bare", text))
    return text


def message(stream, n):
    """everything to the first CRLF.CRLF (or .CRLF at once), and what it looks like"""
    k = number("message")
    with open("%s/msg.%d" % (folder, k), "wb") as f:
        while True:
            line = stream.readline()
            if not line:
                log("%d message %d broken off" % (n, k))
                raise Gone
            f.write(line)
            if line == b".\r\n":
                break
    log("%d message %d" % (n, k))


def chunk(stream, n, length):
    """BDAT's bytes, to DIR/msg.K as well"""
    k = number("message")
    data = stream.read(length)
    with open("%s/msg.%d" % (folder, k), "wb") as f:
        f.write(data)
    log("%d message %d" % (n, k) if len(data) == length else "%d message %d broken off" % (n, k))


def scram(conn, hear, command, action):
    """the whole of an AUTH (RFC 5802, RFC 7677), for any login with this password; the last reply"""
    import base64, hashlib, hmac    # dear as well
    password, fault = (action + ":").split(":")[1:3]
    iterations = int(fault[11:]) if fault.startswith("iterations=") else 4096

    def mac(key, text):
        return hmac.new(key, text, "sha256").digest()

    def ask(message):
        act(conn, "334 " + base64.b64encode(message).decode())
        return hear()

    words = command.split(" ")
    first = base64.b64decode(words[2] if len(words) > 2 else ask(b""))[3:]
    nonce = b"another" if fault == "nonce" else first.partition(b",r=")[2] + b"-and-more"
    challenge = b"r=%s,s=%s,i=%d" % (nonce, base64.b64encode(b"a salt of sixteen"), iterations)
    answer = ask(b"\0rubbish" if fault == "rubbish" else challenge)
    if answer == "*":
        return act(conn, "501 5.7.0 as you like")
    without, _, proof = base64.b64decode(answer).rpartition(b",p=")
    assert without == b"c=biws,r=" + nonce
    salted, text = hashlib.pbkdf2_hmac("sha256", password.encode(), b"a salt of sixteen", iterations), b",".join((first, challenge, without))
    key = mac(salted, b"Client Key")
    proven = bytes(a ^ b for a, b in zip(key, mac(hashlib.sha256(key).digest(), text))) == base64.b64decode(proof)
    if fault == "silent":
        return act(conn, "235 2.7.0 come in")
    if fault != "error" and not proven:
        return act(conn, "535 5.7.8 another password")
    signature = base64.b64encode(bytes(32) if fault == "signature" else mac(mac(salted, b"Server Key"), text))
    return act(conn, "501 5.7.0 as you like" if ask(b"e=invalid-proof" if fault == "error" else b"v=" + signature) else "235 2.7.0 proven")


def serve(conn, n):
    stream, lmtp, rcpts = conn.makefile("rb"), False, []
    reload()
    try:
        if "tls" in script:
            conn = covered(conn, n, next_action("tls"))
            stream = conn.makefile("rb")
        act(conn, next_action("greeting"))
        done = ""
        while True:
            text = heard(stream, n)
            verb = text.split(" ")[0].lower()
            key = "response" if done.startswith("334") else verb
            if verb == "rcpt":
                m = re.match(r"RCPT TO:<(.*)>", text)
                if m and "rcpt:" + m.group(1) in script:
                    key = "rcpt:" + m.group(1)
            if verb in ("lhlo", "mail", "rset"):
                lmtp, rcpts = lmtp or verb == "lhlo", []
            if verb == "bdat":
                chunk(stream, n, int(text.split(" ")[1]))
            if key not in script:
                conn.sendall(b"500 what?\r\n")
                done = ""
                continue
            action = next_action(key)
            if action.startswith("scram:"):
                done = scram(conn, lambda: heard(stream, n), text, action)
            else:
                done = act(conn, action)
            if done.startswith("then-tls:"):
                conn = covered(conn, n, done.split(":")[1])
                stream, lmtp, rcpts = conn.makefile("rb"), False, []
            if verb == "rcpt" and done.startswith("2") and m:
                rcpts.append("dot:" + m.group(1))
            if verb == "data" and done.startswith("354"):
                message(stream, n)
                for dot in rcpts if lmtp else ["dot"]:
                    act(conn, next_action(dot if dot in script else "dot"))
            if verb == "quit":
                break
    except (Gone, OSError):
        pass
    log("%d closed" % n)
    try:
        conn.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    stream.close()
    conn.close()


unix = host.startswith("/")
family = socket.AF_UNIX if unix else socket.AF_INET6 if ":" in host else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(host if unix else (host, int(port)))
if unix:
    os.chmod(host, 0o666)
listener.listen(50)
with open(folder + "/port.new", "w") as f:
    f.write("%d\n" % (0 if unix else listener.getsockname()[1]))
os.rename(folder + "/port.new", folder + "/port")
while True:
    c, peer = listener.accept()
    if not unix:
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    i = number("connection")
    log("connect %d from %s" % (i, peer[0] if isinstance(peer, tuple) else "a socket"))
    threading.Thread(target=serve, args=(c, i), daemon=True).start()
