#!/usr/bin/python3 -S
"""deskproof.py HOME SECONDS PORT DEAD-PORT - mail flows, operators order at random, daemons are killed: a ledger

HOME runs the services queue and send; ann@one.example is a Maildir of its own, HOME/people/ann; sink.example goes to PORT,
where this is the server, and dead.example to DEAD-PORT, where nobody listens before the end. Each message has one
recipient of its own, whose first letter says what becomes of it: g is taken, l put off until the end, f refused, d goes
to dead.example. Two operators hold, release, retry, expire and delete; now and then mail-desk or mail-send is killed.
In the end all is released and tried until the queue is empty. Then each message was delivered, bounced, or deleted by an
order; nothing was delivered that an answered order held (what had begun before ends), or had deleted.
Prints what was done, and what is wrong; exits 1 for the latter."""
import collections, glob, json, os, random, re, signal, socketserver, subprocess, sys, threading, time

home, seconds, port, dead_port = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
GRACE = 10          # seconds that a delivery under way may take to be over
lock = threading.Lock()
began = {}          # token: when each delivery that was taken began
accepted = {}       # token: its address
held = collections.defaultdict(list)        # token: [from, until] of answered holds
deleted, expired, maybe = {}, {}, set()     # token: when it was answered; those of orders that nobody answered
count = collections.Counter()
wrong = []
opened = stopped = False


class Sink(socketserver.StreamRequestHandler):
    def say(self, s):
        self.wfile.write(s + b"\r\n")
    def handle(self):
        try:
            self.talk()
        except OSError:
            pass
    def talk(self):
        self.say(b"220 sink")
        rcpts, start = [], 0
        for line in self.rfile:
            word = line[:4].upper()
            if word in (b"EHLO", b"HELO", b"RSET", b"NOOP"):
                self.say(b"250 ok")
            elif word == b"MAIL":
                rcpts, start = [], time.time()
                self.say(b"250 ok")
            elif word == b"RCPT":
                t = re.search(rb"<([^@>]*)", line).group(1).decode()
                if t[0] == "f": self.say(b"550 5.1.1 \033[2J nobody of this name")
                elif t[0] in "ld" and not opened: self.say(b"451 4.2.1 \"not\\now\"")
                else:
                    rcpts.append(t)
                    self.say(b"250 ok")
            elif word == b"DATA":
                self.say(b"354 go" if rcpts else b"503 no")
                if not rcpts: continue
                for line in self.rfile:
                    if line == b".\r\n": break
                with lock:
                    for t in rcpts: began.setdefault(t, []).append(start)
                self.say(b"250 taken")
            elif word == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"500 what")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 200


def listen(p):
    threading.Thread(target=Server(("127.0.0.1", p), Sink).serve_forever, daemon=True).start()


def send(n):
    kind = "glfd"[n % 4]
    token = "%s%d" % (kind, n)
    to = token + ("@dead.example" if kind == "d" else "@sink.example")
    r = subprocess.run([home + "/bin/sendmail", "-f", "ann@one.example", to], input=b"Subject: %s\n\nx\n" % token.encode(),
                       capture_output=True)
    if r.returncode == 0:
        with lock: accepted[token] = to
        count["sent"] += 1


def flow():
    n = 0
    while not stopped:
        send(n)
        n += 1
        time.sleep(random.uniform(0, 0.1))


def q(*args):
    r = subprocess.run([home + "/bin/mail-q", *args, "--json"], stdin=subprocess.DEVNULL, capture_output=True)
    if re.search(rb"[\0-\x09\x0b-\x1f\x7f]", r.stdout):
        wrong.append("control bytes in " + repr(r.stdout))
    return r.returncode, [json.loads(l) for l in r.stdout.splitlines()], r.stderr.decode()


def listed():
    """ID: token, of all that is queued and waits for us"""
    code, all_, _ = q("list")
    if code: return None
    return {m["id"]: m["recipients"][0]["address"].split("@")[0] for m in all_
            if m["sender"] and m["recipients"] and m["recipients"][0]["address"].split("@")[0] in accepted}


def end_hold(token, now):
    for h in held[token]:
        if h[1] is None: h[1] = now


def settle(word, token, result, sent, answered):
    if word == "hold" and result == "done":
        if not any(h[1] is None for h in held[token]): held[token].append([answered, None])
    if word == "delete" and result == "done": deleted.setdefault(token, answered)
    if word == "expire" and result == "done": expired.setdefault(token, answered)


def order(rng):
    now = listed()
    if not now: return
    word = rng.choice(["hold", "hold", "release", "retry", "retry", "expire", "delete"])
    some = rng.sample(sorted(now), min(len(now), rng.choice([1, 2, 5, 30])))
    if word in ("expire", "delete"): some = some[:2]
    sent = time.time()
    with lock:
        if word == "release":
            for i in some: end_hold(now[i], sent)
    by = some if rng.random() < 0.7 else None
    if by is None:          # by a selector: one message, or all that were put off
        i = some[0]
        by = ["--to", accepted[now[i]]] if rng.random() < 0.8 or word in ("expire", "delete") else ["--reply", "not\\now"]
    if word == "release" and by[0].startswith("--"):
        with lock:
            for t in list(held): end_hold(t, sent)
    if word == "expire": by = by + ["--reason", "enough \u00e4"]
    code, results, err = q(word, "--yes", *by)
    answered = time.time()
    count[word if code in (0, 1, 2) else "unanswered"] += 1
    with lock:
        if code not in (0, 1, 2):
            maybe.update(now[i] for i in some)
            return
        for r in results:
            token = now.get(r["id"])
            if token: settle(word, token, r["result"], sent, answered)


def operate(seed):
    rng = random.Random(seed)
    while not stopped:
        order(rng)
        time.sleep(rng.uniform(0, 0.3))


def kill():
    while not stopped:
        time.sleep(random.uniform(1, 4))
        name = random.choice(["mail-desk", "mail-send"])
        for p in glob.glob("/proc/[0-9]*/exe"):
            try:
                if os.readlink(p) == home + "/bin/" + name:
                    os.kill(int(p.split("/")[2]), signal.SIGKILL)
                    count["killed " + name] += 1
            except OSError:
                pass


def until(what, patience):
    end = time.time() + patience
    while time.time() < end:
        if what(): return True
        time.sleep(1)
    return False


def emptied():
    q("release", "--all", "--yes")
    q("retry", "--all", "--yes")
    code, left, _ = q("list")
    return code == 0 and not left


def bounces():
    told = set()
    for f in glob.glob(home + "/people/ann/Maildir/new/*"):
        s = open(f, "rb").read().decode("utf-8", "replace")
        told.update(re.findall(r"^Subject: ([glfd]\d+)\s*$", s, re.M))
    return told


def judge():
    told = bounces()
    for t in accepted:
        if t not in began and t not in told and t not in deleted and t not in maybe:
            wrong.append("lost: " + t)
        for start in began.get(t, []):
            if t in deleted and start > deleted[t] + GRACE: wrong.append("delivered after it was deleted: " + t)
            for a, b in held[t]:
                if a + GRACE < start and (b is None or start < b): wrong.append("delivered while held: " + t)
        if t in expired and t not in told and t not in began and t not in deleted and t not in maybe:
            wrong.append("expired, and not told: " + t)
    count["delivered"], count["bounced"], count["deleted"] = len(began), len(told), len(deleted)
    count["delivered twice"] = sum(len(x) > 1 for x in began.values())


listen(port)
threads = [threading.Thread(target=f, args=a) for f, a in ((flow, ()), (operate, (1,)), (operate, (2,)), (kill, ()))]
for t in threads: t.start()
time.sleep(seconds)
stopped = True
for t in threads: t.join()
with lock:
    for t in list(held): end_hold(t, time.time())
opened = True
listen(dead_port)
if not until(emptied, 300): wrong.append("the queue does not empty: %s" % q("list")[1][:3])
judge()
print(dict(sorted(count.items())))
for w in wrong[:20]: print(w)
sys.exit(1 if wrong else 0)
