#!/usr/bin/python3 -S
"""jobs.py UID PROGRAM [ARG ...] - plays mail-open and mail-send for an agent (mail-rspawn), or mail-rspawn for mail-remote

Starts the program as that user with its descriptors (door/fds.h): 0 the lifeline, 3 jobs, 4 reports; mail-remote has
both on 3. Then does what standard input says, a line each:

    job NUMBER FILE SENDER RCPT...      a remote job ("<>" for the empty sender; addresses as Python escapes; file -: none
                                        comes along)
    with NAME=VALUE...                  parameters of the jobs from here on, escaped as well: ret, envid, utf8 (1, or nothing);
                                        of their recipients: notify, orcpt, or notify.I, orcpt.I of the one at position I
    wait NUMBER                         until its report came, which is printed
    raw HEX [FILE]                      a record as it is
    write FILE TEXT
    sleep SECONDS (more on a slow machine) | kill (its children) | signal NAME | nolife | nojobs | noreports | echo TEXT
    children                            prints how many it has; until N: waits until it has so many
    seen N TEXT FILE                    waits until so many lines of the file have this word
    locked                              prints "locked SECCOMP NO_NEW_PRIVS FILES" of it and of each child
    stall / unstall                     does not read reports / reads again
    exit                                waits for the program's end, prints "exit CODE"

Reports are printed when waited for: "report NUMBER FLAGS RELAY", "rcpt NUMBER POSITION RESULT TEXT", and "told
NUMBER POSITION TEXT" where the sender's bounce has another text; what is none as "bad".
"""
import array, errno, os, signal, socket, struct, subprocess, sys, threading, time
sys.dont_write_bytecode = True
from pace import rest

uid, program = int(sys.argv[1]), sys.argv[2:]
single = os.path.basename(program[0]) == "mail-remote"
jobs, jobs_child = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
reports, reports_child = (jobs, None) if single else socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
life_read, life_write = os.pipe()
ID = "00068ed1c5a4f0" + "000123" + "abcdef"


def prepare():
    high = [os.dup(life_read), os.dup(jobs_child.fileno()), os.dup(reports_child.fileno()) if reports_child else -1]
    high = [os.dup2(fd, 40 + i) if fd >= 0 else -1 for i, fd in enumerate(high)]
    os.dup2(high[0], 0)
    os.dup2(high[1], 3)
    if high[2] >= 0:
        os.dup2(high[2], 4)
    else:
        try:
            os.close(4)
        except OSError:
            pass
    os.closerange(5, 4096)
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


# close_fds would close what prepare() made, so that prepare() closes the rest itself
p = subprocess.Popen(program, preexec_fn=prepare, close_fds=False)
jobs_child.close()
if reports_child:
    reports_child.close()
os.close(life_read)

got, cond, stalled = {}, threading.Condition(), threading.Event()


def unpack(data):
    def number():
        nonlocal at
        at += 4
        return struct.unpack("!I", data[at - 4:at])[0]

    def text():
        nonlocal at
        n = number()
        at += n
        return data[at - n:at].decode("latin-1")
    at = 1
    n, flags = number(), data[at]
    at += 1
    relay, tls, lines, texts = text(), text() if data[0] == 4 else "", [], []
    at += 8             # a key, which is mail-lspawn's alone
    for _ in range(number()):
        position, result, unasked = number(), chr(data[at]), data[at + 1]
        at += 2
        texts.append(text())
        lines.append("rcpt %d %d %s %s" % (n, position, result, texts[-1]) + (" (unasked)" if unasked else ""))
    for i in range(len(texts) if at < len(data) else 0):        # what bounces have of them
        start, end, cut = number(), number(), number()
        told = texts[i][:start] + text() + texts[i][end:len(texts[i]) - cut]
        lines.append("told %d %d %s" % (n, i, told))
    return n, ["report %d %d %s" % (n, flags, relay) + (" tls=" + tls if tls else "")] + lines


def connect_for_it():
    """to mail-tlsd, as mail-rspawn does when mail-remote asks (remote/reach.h)"""
    s, e = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK), 0
    try:
        s.connect(os.path.dirname(program[0]) + "/../run/tlsout/tls")
    except OSError as failure:
        e = failure.errno
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [s.fileno()]))]
    reports.sendmsg([struct.pack("=i", e)], [] if e else rights)
    print("asked for mail-tlsd: " + errno.errorcode.get(e, "there"), flush=True)
    s.close()


def reader():
    while True:
        while stalled.is_set():
            time.sleep(0.02)
        try:
            data = reports.recv(65536)
        except OSError:
            data = b""
        if single and len(data) == 1:
            connect_for_it()
            continue
        with cond:
            if not data:
                got["end"] = True
                cond.notify_all()
                return
            try:
                n, lines = unpack(data)
                got.setdefault(n, []).append(lines)
            except (struct.error, IndexError):
                print("bad", data.hex(), flush=True)
            cond.notify_all()


def pack_text(s):
    b = s.encode("latin-1").decode("unicode_escape").encode("latin-1") + b"\0"
    return struct.pack("!I", len(b)) + b


def send(record, path):
    if not path:
        jobs.send(record)
        return
    fd = os.open(path, os.O_RDONLY)
    jobs.sendmsg([record], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])
    os.close(fd)


given = {}


def param(name, i=None):
    return given.get("%s.%s" % (name, i), given.get(name, ""))


def pack_params(letters, i=None):
    """the records of those that are given: {letter: name}"""
    b = b"".join(letter.encode() + pack_text(param(name, i))[4:] for letter, name in letters.items() if param(name, i))
    return struct.pack("!I", len(b)) + b


def job(number, path, sender, rcpts):
    record = struct.pack("!BIBI", 3, number, ord("R"), 0) + struct.pack("!I", len(ID)) + ID.encode()
    record += struct.pack("!Q", 0 if path == "-" else os.stat(path).st_size) + pack_text("" if sender == "<>" else sender)
    record += pack_params({"r": "ret", "e": "envid", "u": "utf8"})
    record += struct.pack("!I", len(rcpts))
    record += b"".join(pack_text(r) + pack_text("") + b"F" + pack_params({"n": "notify", "o": "orcpt"}, i)
                       for i, r in enumerate(rcpts))
    send(record, None if path == "-" else path)


def children():
    try:
        with open("/proc/%d/task/%d/children" % (p.pid, p.pid)) as f:
            return [int(c) for c in f.read().split()]
    except OSError:
        return []


def seen(n, text, path):
    """in whole lines; a file that is not there has none"""
    try:
        with open(path) as f:
            return sum(text in line for line in f) >= n
    except OSError:
        return False


def wait_for(condition):
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


threading.Thread(target=reader, daemon=True).start()
for line in sys.stdin:
    words = line.split()
    if not words:
        continue
    verb = words[0]
    if verb == "job":
        job(int(words[1]), words[2], words[3], words[4:])
    elif verb == "with":
        given.update(word.split("=", 1) for word in words[1:])
    elif verb == "raw":
        send(bytes.fromhex(words[1]), words[2] if len(words) > 2 else None)
    elif verb == "wait":
        with cond:
            n = int(words[1])
            cond.wait_for(lambda: got.get(n) or "end" in got, 60)
            print("\n".join(got[n].pop(0)) if got.get(n) else "no report %d" % n, flush=True)
    elif verb == "sleep":
        rest(float(words[1]), p.pid)
    elif verb == "write":
        with open(words[1], "w") as f:
            f.write(" ".join(words[2:]) + "\n")
    elif verb == "kill":
        for c in children():
            os.kill(c, signal.SIGKILL)
    elif verb == "children":
        print("children", len(children()), flush=True)
    elif verb == "until":
        wait_for(lambda: len(children()) == int(words[1]))
    elif verb == "seen":
        wait_for(lambda: seen(int(words[1]), words[2], words[3]))
    elif verb == "locked":
        for c in [p.pid] + children():
            with open("/proc/%d/status" % c) as f:
                status = dict(line.split(":", 1) for line in f)
            print("locked", status["Seccomp"].strip(), status["NoNewPrivs"].strip(),
                  " ".join(sorted(os.listdir("/proc/%d/fd" % c), key=int)), flush=True)
    elif verb == "signal":
        p.send_signal(getattr(signal, "SIG" + words[1]))
    elif verb == "nolife":
        os.close(life_write)
    elif verb == "nojobs":
        jobs.shutdown(socket.SHUT_WR)
    elif verb == "noreports":
        reports.shutdown(socket.SHUT_RDWR)
    elif verb == "stall":
        stalled.set()
    elif verb == "unstall":
        stalled.clear()
    elif verb == "echo":
        print(" ".join(words[1:]), flush=True)
    elif verb == "exit":
        try:
            print("exit", p.wait(30), flush=True)
        except subprocess.TimeoutExpired:
            print("still running", flush=True)
if p.poll() is None:
    p.kill()
