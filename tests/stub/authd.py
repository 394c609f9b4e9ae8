#!/usr/bin/python3 -S
"""authd.py serve HOME UID:GID | ask HOME UID:GID COMMAND... | break HOME PID

mail-start for mail-authd, mail-smtpd for its logins, and a process of mail-authd that is broken.

serve makes the socket run/auth/auth, starts mail-authd behind it, prints "pid N", and "exit STATUS" when that has ended;
mail-start is gone when it is killed. ask calls it, as that user; commands, with what each prints:
  ip=ADDRESS    flags=N     endpoint=HEX    exporter=HEX        for the logins that follow
  plain LOGIN PASSWORD      login LOGIN PASSWORD        scram LOGIN PASSWORD      plus:BINDING LOGIN PASSWORD
                            a whole login, in a new connection: its end
  start MECHANISM [TEXT]    a new connection; b64:BYTES (Python's escapes) is sent in base64, other text as it is
  resp TEXT                 what the client says next: a challenge as "C bytes", an end as "K|D|Z reply[, login, senders]"
  count N                   a message with so many recipients     raw HEX   any record
  keep                      the connection stays open, to the end of ask
  sleep S                   sh COMMAND          of one line, as who started ask
break asks mail-authd in the name of its process PID, which has to wait in SCRAM, without end, and reads no answer; prints
how it ended.
"""
import base64, os, signal, socket, struct, subprocess, sys, time
sys.dont_write_bytecode = True
from unixsocket import listener

mode, home, who = sys.argv[1], sys.argv[2], [int(n) for n in sys.argv[3].split(":")]
path = home + "/run/auth/auth"


def become(uid, gid):
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)


def serve():
    server = listener(path, socket.SOCK_SEQPACKET)
    life_r, life_w = os.pipe()
    pid = os.fork()
    if not pid:
        os.dup2(life_r, 0)
        fd = os.dup(server.fileno())
        os.dup2(fd, 30)
        os.dup2(30, 3)
        os.closerange(4, 100)
        become(*who)
        os.execv(home + "/bin/mail-authd", ["mail-authd"])
    server.close()
    os.close(life_r)
    print("pid", pid, flush=True)
    print("exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def b(s):
    return struct.pack(">I", len(s)) + s


def text(s):
    if s.startswith("b64:"):
        return base64.b64encode(s[4:].encode("latin1").decode("unicode_escape").encode("latin1"))
    return s.encode()


class Login:
    def __init__(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.settimeout(60)
        self.sock.connect(path)

    def say(self, record):
        try:
            self.sock.send(record)
        except OSError:
            pass
        return self.hear()

    def hear(self):
        try:
            data = self.sock.recv(65536)
        except ConnectionResetError:    # closed unread; what it said is still to come
            data = self.sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            return "eof", []
        kind, at, fields = chr(data[1]), 2, []
        if kind == "E":
            kind, at = chr(data[2]), 3
        while at < len(data):
            n, = struct.unpack_from(">I", data, at)
            fields.append(data[at + 4:at + 4 + n])
            at += 4 + n
        return kind, fields

    def start(self, mechanism, initial=None):
        f = flags | (4 if initial is not None else 0)
        return self.say(b"\1S" + b(mechanism) + b(ip) + bytes([f]) + b(endpoint) + b(exporter) + b(initial or b""))

    def respond(self, line):
        return self.say(b"\1R" + b(line))

    def count(self, n):
        return self.say(b"\1M" + struct.pack(">I", n))


def show(answer):
    kind, fields = answer
    if kind == "C":
        print("C", base64.b64decode(fields[0]).decode("latin1"), flush=True)
    elif kind == "eof":
        print("eof", flush=True)
    else:
        print(kind, *[f.decode("latin1").replace("\n", ",") for f in fields if f], flush=True)


def scram(name, password, binding):
    login = Login()
    cb = {"": b"", "exporter": exporter, "endpoint": endpoint, "other": b"x" * 32}[binding]
    header = {"": b"n,,", "endpoint": b"p=tls-server-end-point,,"}.get(binding, b"p=tls-exporter,,")
    bare = b"n=" + name.replace("=", "=3D").replace(",", "=2C").encode() + b",r=" + base64.b64encode(os.urandom(12))
    kind, fields = login.start(b"SCRAM-SHA-256" + (b"-PLUS" if binding else b""), base64.b64encode(header + bare))
    if kind != "C":
        return login, (kind, fields)
    first = base64.b64decode(fields[0])
    said = dict(a.split(b"=", 1) for a in first.split(b","))
    if "salt" in os.environ:
        print(said[b"s"].decode(), said[b"i"].decode())
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(said[b"s"]), int(said[b"i"]))
    mac = lambda key, s: hmac.new(key, s, "sha256").digest()
    client = mac(salted, b"Client Key")
    final = b"c=" + base64.b64encode(header + cb) + b",r=" + said[b"r"]
    whole = bare + b"," + first + b"," + final
    proof = bytes(x ^ y for x, y in zip(client, mac(hashlib.sha256(client).digest(), whole)))
    kind, fields = login.respond(base64.b64encode(final + b",p=" + base64.b64encode(proof)))
    if kind != "C":
        return login, (kind, fields)
    if base64.b64decode(fields[0]) != b"v=" + base64.b64encode(mac(mac(salted, b"Server Key"), whole)):
        return login, ("wrong verifier", [])
    return login, login.respond(b"")


def broken(pid):
    import ctypes
    libc, process = ctypes.CDLL(None, use_errno=True), os.pidfd_open(pid)
    for n in sorted(map(int, os.listdir("/proc/%d/fd" % pid))):
        fd = libc.syscall(438, process, n, 0)    # pidfd_getfd
        if fd == -1 or not os.readlink("/proc/self/fd/%d" % fd).startswith("socket:"):
            continue
        s = socket.socket(fileno=fd)
        if struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0] == who[1]:
            break
    else:
        return "it has no socket to its parent"
    s.settimeout(10)
    try:
        for i in range(5000):
            s.send(struct.pack("iiIi65s256s3x", 0, 0, 0, 0, b"192.0.2.9", b"x"))        # struct tell
    except TimeoutError:
        return "nobody reads any more"
    except OSError:
        return "was left"
    return "was heard without end"


if mode == "break":
    who = int(sys.argv[3]), int(open("/proc/%s/stat" % sys.argv[3]).read().rsplit(")")[1].split()[1])
    print(broken(who[0]))
    sys.exit()
if mode == "serve":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    serve()
    sys.exit()

rooms = [os.pipe(), os.pipe()]
if not os.fork():               # who stays what it was, for sh
    os.close(rooms[0][1])
    for command in os.fdopen(rooms[0][0]):
        subprocess.run(["sh", "-c", command])
        os.write(rooms[1][1], b".")
    os._exit(0)
os.close(rooms[0][0])
"x".encode("latin1").decode("unicode_escape")    # loads them, while they can be read, as all of Python
if any(a == "scram" or a.startswith("plus:") for a in sys.argv):
    import hashlib, hmac
become(*who)
ip, flags, endpoint, exporter = b"192.0.2.1", 1, b"", b""
args, login, kept = sys.argv[4:], None, []
while args:
    word = args.pop(0)
    name, _, value = word.partition("=")
    if name == "ip": ip = value.encode()
    elif name == "flags": flags = int(value)
    elif name == "endpoint": endpoint = bytes.fromhex(value)
    elif name == "exporter": exporter = bytes.fromhex(value)
    elif word == "plain":
        login = Login()
        show(login.start(b"PLAIN", base64.b64encode(("\0%s\0%s" % (args.pop(0), args.pop(0))).encode())))
    elif word == "login":
        login = Login()
        login.start(b"LOGIN")
        login.respond(base64.b64encode(args.pop(0).encode()))
        show(login.respond(base64.b64encode(args.pop(0).encode())))
    elif word == "scram" or word.startswith("plus:"):
        login, answer = scram(args.pop(0), args.pop(0), word[5:])
        show(answer)
    elif word == "start":
        login = Login()
        mechanism = args.pop(0).encode()
        known = args and (args[0] in ("=", "") or args[0].startswith(("b64:", "text:")))
        show(login.start(mechanism, text(args.pop(0)).removeprefix(b"text:") if known else None))
    elif word == "resp": show(login.respond(text(args.pop(0))))
    elif word == "count": show(login.count(int(args.pop(0))))
    elif word == "raw": show(Login().say(bytes.fromhex(args.pop(0))))
    elif word == "keep": kept.append(login)
    elif word == "sleep": time.sleep(float(args.pop(0)))
    elif word == "sh": os.write(rooms[0][1], args.pop(0).encode() + b"\n"); os.read(rooms[1][0], 1)
    else: sys.exit("authd.py: what is " + word)
