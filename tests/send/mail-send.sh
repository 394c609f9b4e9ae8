#!/bin/sh
# mail-send among fake neighbours: tests/stub/neighbours.py

. "$(dirname "$0")/../lib.sh"

. "$stub/send.sh"

test_delivered_at_once() {
  py "delivered" <<'E'
i = s.queue("a@from.test", ["u@here.test", "v@far.test"])
seen = s.serve()
check(sorted(o.kind for o in seen) == ["L", "R"], seen)
check(s.until(lambda: empty(home)), left(home, "todo"))
check(len(s.lines("delivered")) == 2 and len(s.lines("end")) == 1 and len(s.lines("new")) == 1, s.log())
check(re.search(r"delivered id=%s from=a@from.test to=v@far.test relay=mx.test\[192.0.2.1\]:25 delay=\d+\.\d{3} reply=text of K" % i, s.log()), s.log())
check(s.term() == 0, "TERM")
E
}

test_temporary_failure_waits() {
  py "temporary" <<'E'
i = s.queue("a@from.test", ["v@far.test", "w@far.test", "x@other.test"])
seen = s.serve(lambda o, a: "Z" if a == "w@far.test" else "K")
check(sorted(o.n for o in seen) == [1, 2], "recipients of one domain go together", seen)
check(s.until(lambda: state(home, i) == "K K"), state(home, i))
check(len(s.lines("deferred")) == 1 and not s.lines("end"), s.log())
s.signal(signal.SIGALRM)
seen = s.serve()
check([o.index for o in seen] == [[1]], seen)
check(s.until(lambda: empty(home)), "gone")
check(s.term() == 0)
E
}

test_new_says_what_it_was_made_of() {
  py "new" <<'E'
i = new_id()
def new(i, sender):
    write_envelope(home, i, sender, ["u@here.test"])
    s.know(i, sender.split("\0")[0], ["u@here.test"])
    s.trigger(i)
    check(s.until(lambda: s.lines("new id=" + i)), s.log())
    return s.lines("new id=" + i)[0].strip()
end = lambda l: l[l.index(" rcpts="):]
check(end(new(i, "a@from.test\0m<x y@z>\0p" + i)) == " rcpts=1 message-id=<x\\x20y@z> parent=" + i, s.log())
check(end(new(new_id(), "a@from.test")) == " rcpts=1 message-id=<>", "an envelope of earlier times")
check(end(new(new_id(), "a@from.test\0p../x end id=1")) == " rcpts=1 message-id=<>", "what is no ID is not logged")
check(end(new(i + "-3", "\0p" + new_id())) == " rcpts=1 message-id=<> parent=" + i, "a bounce's is its name")
E
}

test_failure_is_bounced() {
  py "bounce" <<'E'
i = s.queue("a@from.test", ["v@far.test", "w@far.test", "x@here.test"])
def policy(o, a):
    if o.kind == "B":
        check(state(home, i) == "DKD", "the mark comes before the bounce", state(home, i))
    return ("D", b"5.1.1 nobody") if a[0] in "vx" and o.kind != "B" else "K"
seen = s.serve(policy)
bounces = [o for o in seen if o.kind == "B"]
check(len(bounces) == 1 and bounces[0].bounce == 1, seen)
check(sorted(bounces[0].rcpt) == [(0, b"5.1.1 nobody"), (2, b"5.1.1 nobody")], bounces[0].rcpt)
check(s.until(lambda: empty(home)), left(home, "bounce"))
check(len(s.lines("failed")) == 2 and len(s.lines("bounce")) == 1, s.log())
check(s.term() == 0)
E
}

test_bounce_goes_before_the_others_are_done() {
  py "early bounce" <<'E'
i = s.queue("a@from.test", ["v@far.test", "w@far.test"])
seen = s.serve(lambda o, a: "K" if o.kind == "B" else "D" if a[0] == "v" else "Z")
check([(o.kind, o.bounce) for o in seen] == [("R", 0), ("B", 1)], seen)
check(s.until(lambda: state(home, i) == "B "), state(home, i))
s.signal(signal.SIGALRM)
seen = s.serve(lambda o, a: "K" if o.kind == "B" else "D")
check([(o.kind, o.bounce, o.index) for o in seen] == [("R", 0, [1]), ("B", 2, [1])], seen)
check(s.until(lambda: empty(home)), "gone")
E
}

test_wrong_reports_are_temporary() {
  py "wrong reports" <<'E'
i = s.queue("a@from.test", ["v@far.test"])
o = s.must()
s.report(o, "K", by=LSPAWN)                                     # wrong channel
s.report(o, "D", by=BOUNCE)
s.raw(RSPAWN, struct.pack(">BIBII", 1, o.number + 7, 0, 0, 0))  # wrong number
s.raw(RSPAWN, b"\1")                                            # cut off
s.pump(0.3)
check(not s.lines("delivered") and not s.lines("failed") and not s.lines("deferred"), "nothing of that counts")
s.report(o, [(0, "K", b""), (0, "D", b"")])                     # two results for one
check(s.until(lambda: len(s.lines("deferred")) == 1), "results that do not fit")
for report in (struct.pack(">BIBII", 1, 0, 0, 0, 0),            # no result
               struct.pack(">BIBII", 1, 0, 0, 0, 5),            # mangled behind the number
               struct.pack(">BIBII", 9, 0, 0, 0, 0)):           # a version of later times
    s.signal(signal.SIGALRM)
    o = s.must()
    n = len(s.lines("deferred"))
    s.raw(RSPAWN, report[:1] + struct.pack(">I", o.number) + report[5:])
    check(s.until(lambda: len(s.lines("deferred")) == n + 1), report)
s.signal(signal.SIGALRM)
s.report(s.must(), "K", by=OPEN)                               # mail-open may speak for all
check(s.until(lambda: empty(home)), "gone")
E
}

test_report_of_part() {
  py "part" <<'E'
i = s.queue("a@from.test", ["1@far.test", "2@far.test", "3@far.test"])
s.report(s.must(), [(2, "K", b"yes"), (0, "D", b"no")])
b = s.must()
check(b.kind == "B" and b.rcpt == [(0, b"no")], b)
s.report(b, "K")
check(s.until(lambda: state(home, i) == "B K"), state(home, i))
E
}

test_neighbour_closes() {
  py "closing" <<'E'
i = s.queue("a@from.test", ["u@here.test", "v@far.test", "w@else.test"])
orders = [s.order() for _ in range(3)]
s.sock[RSPAWN].close(); s.sock[RSPAWN] = None
s.pump(0.2)
s.report([o for o in orders if o.kind == "L"][0], "K")          # others are still listened to
check(s.wait() == 111, s.p.poll())
check(state(home, i) == "K  ", "what was reported is kept", state(home, i))
s.restart()
check(sorted(o.index[0] for o in s.serve(quiet=60, most=2)) == [1, 2], "the rest is done later")
check(s.until(lambda: empty(home)), "gone")
E
}

test_each_neighbour_is_missed() {
  py "each" no <<'E'
for n in range(5):
    s.start()
    s.queue("a@from.test", ["u@here.test"])
    o = s.must()
    s.sock[n].close(); s.sock[n] = None
    s.pump(0.1)
    if n != LSPAWN: s.report(o, "K")
    t = time.time()
    check(s.wait() == 111 and time.time() - t < 30, n, s.p.poll())
    s.kill()
E
}

test_lifeline_and_term() {
  py "end" <<'E'
s.queue("a@from.test", ["u@here.test", "v@far.test"])
a, b = s.order(), s.order()
s.signal(signal.SIGTERM)
s.pump(0.3)
i = s.queue("a@from.test", ["x@here.test"])
check(s.order(0.5) is None, "no new deliveries")
s.report(a, "K")
check(s.p.poll() is None, "waits for what is under way")
s.report(b, "K")
check(s.wait() == 0 and len(s.cleaned) == 1, "ends when it is done", s.cleaned)
s.kill(); s.start()
o = s.must()
check(o.id == i)
os.close(s.life)
s.pump(0.3)
s.report(o, "Z")
check(s.wait() == 0 and state(home, i) == " ", "the same for the lifeline")
s.life = os.open("/dev/null", os.O_RDONLY)
E
}

test_kill_at_every_step() {
  py "kill" no <<'E'
# A message with a success, a failure and a delay, killed after n steps, for all n: nothing is lost, little repeated.
for steps in range(1, 7):
    for settle in (0, 0.15):    # before and after a batch
        s.start()
        done, told = [], []
        i = s.queue("a@from.test", ["k@here.test", "d@far.test", "z@else.test"], when=time.time())
        def policy(o, a):
            global done, told
            if o.kind == "B":
                told.append((o.bounce, tuple(o.index)))
                return "K"
            done.append(a)
            return {"k": "K", "d": "D", "z": "Z" if done.count(a) < 3 else "K"}[a[0]]
        for n in range(steps):
            if n % 3 == 2: s.signal(signal.SIGALRM)
            o = s.serve(policy, quiet=0.2, most=1)
        s.pump(settle + 0.05)
        s.restart()
        for n in range(60):
            s.serve(policy, quiet=0.15)
            if s.until(lambda: empty(home), 0.1): break
            s.signal(signal.SIGALRM)
        check(empty(home), steps, settle, state(home, i), done)
        check(1 <= done.count("k@here.test") <= 2 and 1 <= done.count("d@far.test") <= 2, steps, done)
        check(done.count("z@else.test") >= 3 and told, steps, done, told)
        byn = dict(told)
        check(all(byn[n] == x for n, x in told), "one number, one set of recipients", told)
        check(s.term() == 0)
        s.kill()
E
}

test_bounce_that_fails() {
  py "bounce later" <<'E'
i = s.queue("a@from.test", ["d@far.test"])
s.report(s.must(), "D", b"5.1.1 no")
b = s.must()
s.report(b, "Z")
check(s.until(lambda: s.lines("bounce deferred")), s.log())
check(s.order(0.5) is None and state(home, i) == "D", "later")
s.restart()
check(s.order(0.5) is None, "its time is kept over a restart")
s.signal(signal.SIGALRM)
c = s.must()
check((c.kind, c.bounce, c.rcpt) == (b.kind, b.bounce, b.rcpt), "the same bounce again", c)
s.report(c, "D")
check(s.until(lambda: empty(home)) and s.lines("bounce failed"), "one that can never be made counts as told")
E
}

test_damaged() {
  py "damaged" <<'E'
i = s.queue("a@from.test", ["d@far.test"])
s.report(s.must(), [], flags=DAMAGED, by=OPEN)
check(s.until(lambda: "alert: message or envelope is gone or damaged, left alone: queue/mess/" in s.log()))
j = write_envelope(home, new_id(), "a@from.test", ["d@far.test"])
b = open(path(home, "todo", j), "r+b"); b.seek(60); b.write(b"X"); b.close()
s.trigger(j)
check(s.until(lambda: "damaged envelope" in s.log()), s.log())
check(s.order(0.5) is None and left(home, "todo") == sorted([i, j]) and not s.cleaned, "left alone")
s.signal(signal.SIGHUP)
o = s.must()
check(o.id == i, "looked at again")
s.report(o, [], flags=DAMAGED, by=RSPAWN)
check(s.until(lambda: s.lines("deferred")), "only mail-open can say that")
k = s.queue("a@from.test", ["d@far.test"])
o = s.must()
os.unlink(path(home, "todo", k))
s.report(o, [], flags=DAMAGED, by=OPEN)
check(s.until(lambda: "the message forgotten: " + k in s.log()), "its writer took it back", s.log())
check("left alone: " + k not in s.log() and "not in the table" not in s.log(), "nothing to be mended", s.log())
E
}

test_expired() {
  py "expired" <<'E'
def limit(n): open(home + "/control/queuelifetime", "w").write("%d\n" % n)
limit(0)
s.signal(signal.SIGHUP)
i = s.queue("a@from.test", ["d@far.test"])
s.report(s.must(), "Z", b"4.4.1 nobody there")
b = s.must()
check(b.kind == "B" and b.rcpt == [(0, b"5.4.7 message expired, last: 4.4.1 nobody there")], b)
s.report(b, "K")
check(s.until(lambda: empty(home)))
# A message of last month whose first try is now does not expire: the clock may have jumped.
limit(604800)
s.signal(signal.SIGHUP)
i = s.queue("a@from.test", ["d@far.test"], when=time.time() - 2500000)
for n in range(7):
    s.report(s.must(), "Z")
    check(s.until(lambda: len(s.lines("deferred id=" + i)) == n + 1 and state(home, i) == " "), n, s.log())
    check(not s.lines("failed id=" + i), n, s.log())
    s.signal(signal.SIGALRM)
E
}

test_backlog_for_a_dead_host() {
  py "backlog" no <<'E'
def resident():
    return int(re.search(r"VmRSS:\s+(\d+)", open("/proc/%d/status" % s.p.pid).read()).group(1)) * 1024
s.start()
empty_handed = resident()
s.kill()
N = 20000
ids = [new_id() for n in range(N)]
for n, i in enumerate(ids): write_envelope(home, i, "a@from.test", ["r%d@dead.test" % n])
s.start()
for i in ids: s.know(i, "a@from.test", ["x@dead.test"])
t = time.time()
first = [s.order() for n in range(5)]
check(all(first) and s.order(0.3) is None, "as many as an unknown host may have, no more")
slow = s.queue("a@from.test", ["u@here.test", "v@far.test"])
t = time.time()
new = [s.order(), s.order()]
check(all(o and o.id == slow for o in new) and time.time() - t < 20, "new mail does not wait", time.time() - t)
for o in new: s.report(o, "K")
check(s.until(lambda: slow in s.cleaned))
s.until(lambda: time.sleep(0.3) or s.log().count("new id=") > N, 100)
check(len(s.lines("new")) == N + 1, "all are known", len(s.lines("new")))
grown = resident() - empty_handed
print("# bytes more than with an empty queue:", grown)
check(grown < N * 100 + 1500000, "memory", grown)
s.report(first.pop(), [(0, "Z", b"4.4.1 down")], flags=HOST_DOWN)
check(s.until(lambda: s.lines("host down")), s.log()[-2000:])
for o in first: s.report(o, [(0, "Z", b"4.4.1 down")], flags=HOST_DOWN)
check(s.order(0.5) is None and len(s.lines("deferred")) == 5, "the others wait without a try")
check(len(left(home, "state")) <= 5, "and without a file")
check(len(s.lines("host down")) == 1 and "seconds=60" in s.log())
s.queue("a@from.test", ["late@DEAD.test"])
check(s.order(0.3) is None, "nor does a new one get a try")
s.signal(signal.SIGALRM)
check(s.order(), "ALRM forgets what is dead")
E
}

test_retries_do_not_stop_new_mail() {
  py "retries" no <<'E'
open(home + "/control/concurrencyremote", "w").write("4\n")
s.start()
old = [s.queue("a@from.test", ["r@slow%d.test" % n]) for n in range(400)]
s.serve("Z", quiet=1)
check(s.until(lambda: len(left(home, "state")) == 400))
s.signal(signal.SIGALRM)
held = [s.must() for n in range(3)]
check(s.order(0.5) is None, "retries get three quarters")
new = s.queue("a@from.test", ["n@slow0.test"])
t = time.time()
o = s.must()
check(o.id == new and time.time() - t < 20, "new mail goes at once")
for o in held + [o]: s.report(o, "K")
s.serve("K")
check(s.until(lambda: empty(home)), "and all get their turn")
E
}

test_limits() {
  py "limits" no <<'E'
for n, v in (("concurrencylocal", 3), ("concurrencyremote", 8), ("concurrencyperhost", 2)):
    open(home + "/control/" + n, "w").write("%d\n" % v)
s.start()
for n in range(20):
    s.queue("a@from.test", ["%d@h%d.test" % (n, h) for h in range(10)] + ["%d@here.test" % n])
open_now, done, peak = [], 0, {}
while done < 220:
    o = s.order(0.02)
    if o:
        open_now.append(o)
        local = [x for x in open_now if x.kind == "L"]
        remote = [s.address(x)[0].split("@")[1] for x in open_now if x.kind == "R"]
        check(len(local) <= 3 and len(remote) <= 8, "channels", len(local), len(remote))
        check(all(remote.count(h) <= 2 for h in remote), "hosts", remote)
        peak = max(len(local), peak.get("L", 0)), max(len(remote), peak.get("R", 0))
        peak = {"L": peak[0], "R": peak[1]}
    if not o:
        x = open_now.pop(0)
        if x.kind == "R": host = s.address(x)[0].split("@")[1]
        s.report(x, "K")
        done += 1
check(peak == {"L": 3, "R": 8}, "limits are used", peak)
check(s.until(lambda: empty(home)))
E
}

# mail-lspawn tells of users: who has enough under way waits in a line of that user's own, others do not
test_busy_users_wait_their_turn() {
  py "busy" no <<'E'
open(home + "/control/concurrencylocal", "w").write("6\n")
s.start()
for n in range(8): s.queue("a@from.test", ["x-%d@here.test" % n])
run = [s.must() for _ in range(3)]
for n in range(5): s.report(s.must(), "Z", b"4.2.0 busy", flags=BUSY, key=7)
check(s.order(0) is None, "nobody asks again at once")
s.queue("a@from.test", ["y@here.test"])
o = s.must(0.5)
check(s.address(o) == ["y@here.test"], "another user is not held up")
s.report(o, "K", key=8)
o = s.must()
check(s.address(o)[0][0] == "x", "after a while one is tried")
s.report(o, "Z", b"4.2.0 busy", flags=BUSY, key=7)
s.report(run[0], "K", key=7)
o = s.must(0.3)         # at once: in a second it would be its turn anyway
check(not s.lines("deferred") and not left(home, "state"), "no try is counted", s.log())
check(len(s.lines("busy")) == 1 and "busy to=x-" in s.log(), "one line", s.log())
for r in run[1:] + [o]: s.report(r, "K", key=7)
while True:
    o = s.order(1.5)
    if not o: break
    s.report(o, "K", key=7)
check(s.until(lambda: empty(home)), s.log())
check(len(s.lines("delivered")) == 9 and not s.lines("deferred"), s.log())
for n in range(9): s.queue("a@from.test", ["X-4@here.test"])
run = [s.must() for _ in range(3)]
check(s.order(0.5) is None, "half of the places, no more, once it is known whose the address is")
for r in run: s.report(r, "K", key=7)
seen = s.serve()
check(len(seen) == 6 and s.until(lambda: empty(home)), seen)
E
}

# of one message the busy ones wait, without a try; what cannot be is a try like any other
test_busy_among_others() {
  py "busy among others" <<'E'
i = s.queue("a@from.test", ["x@here.test", "y@here.test", "v@far.test"])
orders = {s.address(o)[0]: o for o in (s.must(), s.must(), s.must())}
s.report(orders["x@here.test"], "Z", b"4.2.0 busy", flags=BUSY, key=7)
s.report(orders["y@here.test"], "Z", b"4.2.0 busy", flags=BUSY)
s.report(orders["v@far.test"], "K", flags=BUSY, key=7)
o = s.must()
check(s.address(o) == ["x@here.test"], o)
check(len(s.lines("deferred")) == 1 and len(s.lines("delivered")) == 1, "a user without a key, a host", s.log())
s.report(o, "K", key=7)
check(s.until(lambda: state(home, i) == "K K"), state(home, i))
E
}

# a message with few recipients does not wait for the recipients of larger ones, not even for those that are parked
test_few_before_many() {
  py "few before many" no <<'E'
for n in ("local", "remote"): open(home + "/control/concurrency" + n, "w").write("2\n")
s.start()
for n in range(150):
    s.queue("a@from.test", ["%d-%d@here.test" % (n, r) for r in range(20)])
    s.queue("a@from.test", ["%d@h%d-%d.test" % (r, n, r) for r in range(20)])
open_now = [s.must() for _ in range(4)]
check(s.order(1) is None, "all is read")
def next_of(kind):
    o = [o for o in open_now if o.kind == kind][0]
    open_now.remove(o)
    s.report(o, "K")
    open_now.append(s.must())
    return open_now[-1]
for kind, address in (("L", "one@here.test"), ("R", "one@far.test")):
    ids = [s.queue("a@from.test", [address]) for n in range(4)]
    s.until(lambda: s.lines("new id=" + ids[3]))
    got = [next_of(kind).id in ids for n in range(6)]
    check(sum(got) == 4 and got[:2] != [False, False], "few first, and one in four of the others", kind, got)
E
}

# large messages have a part of the memory, one user's a smaller one; what waits for it is not read again and again
test_large_messages_leave_room() {
  need_root || return 0
  py "large" no <<'E'
open(home + "/control/concurrencylocal", "w").write("2\n")
s.start()
rcpts = ["%05d@here.test" % r for r in range(100000)]
for i in [new_id() for n in range(70)]:
    write_envelope(home, i, "a@from.test", rcpts)
    s.rcpts[i] = rcpts
    s.trigger(i)
open_now = [s.must() for _ in range(2)]
check(s.order(1) is None, "all has been looked at")
def rss(): return int(re.search(r"VmRSS:\s+(\d+)", open("/proc/%d/status" % s.p.pid).read()).group(1))
def read_so_far(): return int(open("/proc/%d/io" % s.p.pid).read().split()[1])
check(rss() < 40000, "of some a part is in memory, of the others a number", rss())
check(10 < len(s.lines("new")) < 20, s.log())
before = read_so_far()
i = s.queue("a@from.test", ["one@here.test"])
for n in range(40):
    o = open_now.pop(0)
    s.report(o, "K")
    open_now.append(s.must())
    if open_now[-1].id == i: break
check(n < 4, "a small one is not held up", n)
s.pump(2)
check(read_so_far() - before < 1000000, "nothing is read again", read_so_far() - before)
E
}

# a message with many recipients goes on part by part; who was put off waits, a crash repeats nothing that is marked
test_many_recipients_in_parts() {
  py "parts" <<'E'
i = s.queue("a@from.test", ["%d@far.test" % r for r in range(2200)])
done = set()
def some(orders):
    seen = []
    for n in range(orders):
        o = s.must()
        seen += o.index
        s.report(o, [(p, "Z" if r == 0 else "K", b"text") for p, r in enumerate(o.index)])
        done.update(r for r in o.index if r)
    return sorted(seen)
check(some(10) == list(range(1000)), "the first part")
check(min(some(5)) == 1000, "then the next")
check(s.until(lambda: (state(home, i) or "").count("K") == len(done)), "marks", state(home, i))
s.restart()
left = set(range(2200)) - done
seen = [r for o in s.serve() for r in o.index]
check(sorted(seen) == sorted(left), "what is left, once", seen)
check(s.until(lambda: empty(home)))
E
}

test_same_host_again_at_once() {
  py "reuse" no <<'E'
open(home + "/control/concurrencyremote", "w").write("1\n")
s.start()
for n in range(5):
    for h in ("a", "b", "c"): s.queue("a@from.test", ["%d@%s.test" % (n, h)])
seen = [s.address(o)[0].split("@")[1] for o in s.serve()]
changes = sum(1 for a, b in zip(seen, seen[1:]) if a != b)
check(len(seen) == 15 and changes <= 4, seen)
for n in range(60): s.queue("a@from.test", ["%d@a.test" % n])
s.queue("a@from.test", ["x@b.test"])
seen = [s.address(o)[0].split("@")[1] for o in s.serve()]
check(seen.index("b.test") <= 45, "but another host's turn comes", seen.index("b.test"))
E
}

test_many_recipients() {
  py "many" <<'E'
i = s.queue("a@from.test", ["%d@far.test" % n for n in range(250)] + ["%d@here.test" % n for n in range(5)])
j = s.queue("a@from.test", ["z@here.test"])
seen = s.serve()
check(sorted(o.n for o in seen if o.kind == "R") == [50, 100, 100], seen)
check(all(o.n == 1 for o in seen if o.kind == "L"), seen)
check(s.until(lambda: empty(home)))
i = s.queue("a@from.test", [("x%d@" % n) + "l" * 900 + ".test" for n in range(100)])
seen = s.serve()
check(max(o.n for o in seen) < 100 and sum(o.n for o in seen) == 100, "bytes are bounded too")
i = s.queue("a@from.test", ["%d@d%d.test" % (n, n) for n in range(300)])
check(len(s.serve()) == 300 and s.until(lambda: empty(home)), "many domains")
E
}

test_pass() {
  py "pass" no <<'E'
now = [new_id() for n in range(4)]
for n, i in enumerate(now): write_envelope(home, i, "a@from.test", [["k", "z", "d", "h"][n] + "@far.test"])
s.start(["-1"])
for n, i in enumerate(now): s.know(i, "a@from.test", [["k", "z", "d", "h"][n] + "@far.test"])
def policy(o, a):
    if o.kind == "B":       # the bounce comes into the queue during the pass
        s.know(o.id + "-1", "", ["a@from.test"])
        write_envelope(home, o.id + "-1", "", ["a@from.test"])
        return "K"
    return {"k": "K", "z": "Z", "d": "D", "h": "Z", "a": "K"}[a[0]]
seen = s.serve(policy, quiet=1)
check(s.wait() == 0, "ends")
check(sorted((o.kind, s.address(o)[0][0]) for o in seen) == [("B", "d"), ("R", "a"), ("R", "d"), ("R", "h"), ("R", "k"), ("R", "z")], seen)
check(left(home, "todo") == sorted([now[1], now[3]]), left(home, "todo"))
s.restart(["-1"])
check(s.wait() == 0 and not s.waiting, "what is not due is left", s.waiting)
s.restart(["-1a"])
seen = s.serve(policy, quiet=1)
check(s.wait() == 0 and len(seen) == 2, "or tried, due or not", seen)
for n in ("concurrencyremote", "concurrencylocal"): open(home + "/control/" + n, "w").write("0\n")
s.restart(["-1"])
check(s.wait() == 0, "held mail does not keep it")
E
}

# Without locals and me nothing would be ours, and our own mail would go out, come back to us and bounce.
test_me_is_missing() {
  mv "$home/control/locals" "$SCRATCH/locals"
  mv "$home/control/me" "$SCRATCH/me"
  "$home/bin/mail-send" < /dev/null > "$SCRATCH/out" 2>&1
  assertEquals "does not start" 111 $?
  grep -q "cannot read control/" "$SCRATCH/out" || fail "$(cat "$SCRATCH/out")"
  mv "$SCRATCH/me" "$home/control/me"
  py "old settings stay" <<'E'
os.rename(home + "/control/me", home + "/me")
s.signal(signal.SIGHUP)
check(s.until(lambda: "cannot read control/" in s.log()), s.log())
os.rename(home + "/me", home + "/control/me")
i = s.queue("a@from.test", ["u@here.test"])
check([o.kind for o in s.serve()] == ["L"], s.log())
E
  mv "$SCRATCH/locals" "$home/control/locals"
}

test_hup() {
  py "hup" <<'E'
open(home + "/control/concurrencyremote", "w").write("0\n")
s.signal(signal.SIGHUP)
check(s.until(lambda: "control/concurrencyremote was 20, is 0" in s.log()), s.log())
i = s.queue("a@from.test", ["v@far.test", "v@virtual.test", "u@here.test"])
check([o.kind for o in s.serve()] == ["L"], "held")
open(home + "/control/concurrencyremote", "w").write("junk\n")
open(home + "/control/virtualdomains", "w").write("virtual.test:joe\n")
s.signal(signal.SIGHUP)
check(s.until(lambda: "cannot read control/concurrencyremote" in s.log()), "an unreadable one keeps its old value")
os.remove(home + "/control/concurrencyremote")
s.signal(signal.SIGHUP)
check([(o.kind, o.index) for o in sorted(s.serve(), key=lambda o: o.kind)] == [("L", [1]), ("R", [0])], s.log())
check(s.until(lambda: empty(home)) and "control/virtualdomains has changed" in s.log())
E
}

test_retry_times() {
  py "retry times" <<'E'
def put(name, n): open(home + "/control/" + name, "w").write("%d\n" % n)
def wait(i):
    head = open(path(home, "state", i)).read()
    return [int(n) for n in re.search(r"tries 0*(\d+)\nnext 0*(\d+)\nlast 0*(\d+)", head).groups()]
def tried(i, times, least, most):
    s.serve("Z")
    check(s.until(lambda: state(home, i) == " " and wait(i)[0] == times), wait(i))
    check(least - 2 <= wait(i)[1] - wait(i)[2] <= most + 2, wait(i))
put("retryfirst", 4000); s.restart()
i, j = s.queue("a@from.test", ["u@far.test"]), s.queue("a@from.test", ["u@here.test"])
tried(i, 1, 4000, 4500)
tried(j, 1, 1000, 1125)
put("retrymost", 1600); s.signal(signal.SIGHUP)
check(s.until(lambda: "control/retrymost was 14400, is 1600" in s.log()), s.log())
s.signal(signal.SIGALRM)
tried(i, 2, 1600, 1800)
E
}

test_mail_clean_errs() {
  py "clean errors" <<'E'
s.cleaning = "E"
i = s.queue("a@from.test", ["v@far.test"])
check(len(s.serve()) == 1 and s.until(lambda: s.cleaned == [i]))
check(s.until(lambda: state(home, i) == "K"), "what is done is written down", state(home, i))
s.trigger(i)
s.restart()
check(s.order(0.5) is None and s.until(lambda: len(s.cleaned) == 2), "no second delivery", s.cleaned)
s.cleaning = "G"
s.signal(signal.SIGALRM)
check(s.until(lambda: empty(home)), left(home, "state"))
s.sock[CLEAN].send(b"junk")
s.sock[CLEAN].send(bytes([1, ord("G")]) + struct.pack(">I", 26) + i.encode())
check(s.until(lambda: s.log().count("strange answer") == 2), s.log())
s.cleaning = ""
j = s.queue("a@from.test", ["v@far.test"])
s.serve()
s.trigger(j)
check(s.order(0.5) is None, "known until it is gone")
E
}

test_mail_clean_stalls() {
  py "stall" <<'E'
# What is delivered is on disk after a second, though mail-clean says nothing: a crash repeats none of it.
s.cleaning = ""
ids = [s.queue("a@from.test", ["u%d@here.test" % n]) for n in range(60)]
check(len(s.serve(quiet=1)) == 60 and s.until(lambda: len(s.cleaned) == 60))
check(s.until(lambda: all(state(home, i) == "K" for i in ids)), [state(home, i) for i in ids])
s.restart()
check(s.order(0.5) is None, "no second delivery")
check(s.until(lambda: len(s.cleaned) == 120), len(s.cleaned))
# The end does not wait for ever for answers, nor leaves anything without its mark.
i = s.queue("a@from.test", ["u@here.test"])
s.report(s.must(), "K")
check(s.until(lambda: i in s.cleaned))
check(s.term() == 0 and state(home, i) == "K", state(home, i))
s.kill()
s.cleaning = "G"
s.start()
check(s.until(lambda: empty(home)), left(home, "todo"))
E
}

test_mail_clean_dies() {
  py "dead" <<'E'
s.cleaning = ""
ids = [s.queue("a@from.test", ["u%d@here.test" % n]) for n in range(20)]
check(len(s.serve(quiet=0.3)) == 20)
s.sock[CLEAN].close(); s.sock[CLEAN] = None
check(s.wait() == 111, s.p.poll())
check(s.waited < 4, "nobody waits for the dead", s.waited)
check(all(state(home, i) == "K" for i in ids), [state(home, i) for i in ids])
# The same for reports of an agent that is gone.
s.kill()
s.cleaning = "G"
s.start()
check(s.until(lambda: empty(home)), left(home, "todo"))
s.queue("a@from.test", ["u@far.test"])
s.must()
s.sock[RSPAWN].close(); s.sock[RSPAWN] = None
check(s.wait() == 111 and s.waited < 4, s.waited)
E
}

test_disk_that_takes_no_marks() {
  need_root || return 0
  py "behind" <<'E'
# Neither answers nor state files: a hundred deliveries go on, and the rest when there are files again.
s.cleaning = ""
for n in range(150): s.queue("a@from.test", ["u%d@here.test" % n])
away = {os.path.dirname(path(home, "state", i)) for i in left(home, "todo")}
for d in away: os.rename(d, d + ".away")
try:
    s.serve(quiet=2)
    first = len(s.lines("delivered"))
    check(100 <= first <= 110, "a hundred and what was under way", first)
    check(re.search("cannot write queue/state/[0-9a-f]{2}/[0-9a-f]{26}: ", s.log()), s.log())
finally:
    for d in away: os.rename(d + ".away", d)
s.serve(quiet=8)
check(len(s.lines("delivered")) == 150, len(s.lines("delivered")))
E
}

test_report_never_comes() {
  py "silence" no <<'E'
open(home + "/control/timeoutreport", "w").write("1\n")
s.start()
i = s.queue("a@from.test", ["u@here.test"])
o = s.must()
check(s.until(lambda: s.lines("deferred")), s.log())
check("alert: mail-lspawn: no report for " + i in s.log() and state(home, i) in (None, " "), s.log())
s.report(o, "K")
check(s.until(lambda: "report for no delivery of its own" in s.log()), "it counts no more")
os.remove(home + "/control/timeoutreport")
s.signal(signal.SIGHUP)
check(s.until(lambda: "control/timeoutreport was 1" in s.log()), s.log())
s.signal(signal.SIGALRM)
s.report(s.must(), "D", b"5.1.1 no")
s.must()
open(home + "/control/timeoutreport", "w").write("1\n")
s.signal(signal.SIGHUP)
check(s.until(lambda: s.lines("bounce deferred")), "a bounce, too")
E
}

# An ID that waits in the fifo while the first scan has not come to its message: what is done of it counts.
test_trigger_before_the_first_scan() {
  py "early" <<'E'
i = s.queue("a@from.test", ["k@far.test", "z@far.test"])
s.report(s.must(), [(0, "K", b""), (1, "Z", b"")])
check(s.until(lambda: state(home, i) == "K "))
fifo = os.open(home + "/queue/lock/trigger", os.O_RDWR)    # what is in it outlives mail-send
s.kill()
os.write(fifo, i.encode() + b"\n")
s.start()
s.signal(signal.SIGALRM)
check(s.must().index == [1], "what is done is not repeated")
E
}

test_changed_domains_hold_at_once() {
  py "domains" <<'E'
# smtpd and mail-lookup see a new domain at once; were it remote here, its mail would come back for ever.
locals = open(home + "/control/locals").read()
me = open(home + "/control/me").read()
def kind(address):
    s.queue("a@from.test", [address])
    o = s.must()
    s.report(o, "K")
    return o.kind
check(kind("u@new.test") == "R")
open(home + "/control/locals", "a").write("new.test\n")
check(kind("u@new.test") == "L", "locals")
open(home + "/control/virtualdomains", "w").write("virtual.test:joe\n")
check(kind("u@virtual.test") == "L", "virtualdomains")
open(home + "/control/envnoathost", "w").write("far.test\n")
check(kind("u") == "R", "envnoathost")
os.remove(home + "/control/envnoathost")
open(home + "/control/percenthack", "w").write("here.test\n")
check(kind("u%far.test@here.test") == "R", "percenthack")
os.remove(home + "/control/percenthack")
os.remove(home + "/control/locals")
open(home + "/control/me", "w").write("other.test\n")
check(kind("u@other.test") == "L" and kind("u@new.test") == "R", "me, where it is the default")
open(home + "/control/me", "w").write(me)
open(home + "/control/locals", "w").write(locals)
check("control/locals has changed" in s.log(), s.log())
E
}

test_trigger() {
  py "trigger" <<'E'
check(s.order(0.1) is None, "the scan of the start is through")
i = s.queue("a@from.test", ["1@far.test"], pull=False)
check(s.order(0.4) is None, "nobody told")
fd = os.open(home + "/queue/lock/trigger", os.O_WRONLY)
os.write(fd, b"what is this\n")
o = s.must()
check(o and o.id == i, "what is strange makes it look")
s.report(o, "K")
j = s.queue("a@from.test", ["1@far.test"], pull=False)
os.kill(s.p.pid, signal.SIGSTOP)
for n in range(40): os.write(fd, (new_id() + "\n").encode() * 40)
os.kill(s.p.pid, signal.SIGCONT)
o = s.must()
check(o and o.id == j, "a pipe half full, too")
os.write(fd, (j + "\n").encode() * 3)
check(s.order(0.4) is None, "known IDs are passed over")
E
}

test_orphans_and_lock() {
  py "orphans" no <<'E'
i, j = new_id(), new_id()
for kind in ("state", "bounce"):
    open(path(home, kind, i), "w").write("left by somebody")
    own_as = users(home)["mails"]
    if os.getuid() == 0: os.chown(path(home, kind, i), *own_as)
write_envelope(home, j, "a@from.test", ["1@far.test"])
open(path(home, "state", j), "w").write("bulkhead state 1\ntorn")
s.start()
s.know(j, "a@from.test", ["1@far.test"])
check(s.until(lambda: i not in left(home, "state") + left(home, "bounce")), "orphans are swept")
check(j in left(home, "state"))
o = s.must()
check(o and "torn state" in s.log())
t = Send(home)
check("waiting for another mail-send" in t.log())
s.report(o, "K")
check(s.until(lambda: not left(home, "todo")))
check(s.term() == 0)
k = t.queue("a@from.test", ["1@far.test"])
check(len(t.serve("K", quiet=1)) == 1, "the younger one goes on")
t.kill()
E
}

test_clock() {
  py "clock" no <<'E'
# next tries far in the future, as another clock would have written them, are due now
s.start()
i = s.queue("a@from.test", ["1@far.test"])
s.report(s.must(), "Z")
check(s.until(lambda: state(home, i) == " "))
s.kill()
import binascii
def rewrite(next):
    name = path(home, "state", i)
    b = open(name, "rb").read()
    head = re.sub(rb"next \d{11}", b"next %011d" % next, b[:b.index(b"check ")])
    open(name, "r+b").write(head + b"check %08x\n" % binascii.crc32(i.encode() + head))
for next, due in ((int(time.time()) + 100, False), (int(time.time()) + 40000, True), (5, True)):
    rewrite(next)
    s.start()
    s.know(i, "a@from.test", ["1@far.test"])
    check((s.order(0.7) is not None) == due, next, s.log())
    s.kill()
E
}

test_order_of_durability() {
  need_root || return 0
  need strace strace || return 0
  py "durability" no <<'E'
trace = home + ".trace"
def durable(rcpts):
    s.unasked = 1
    s.start(wrap=["strace", "-o", trace, "-y", "-e", "trace=write,fdatasync,fsync,sendmsg,unlink,openat,open"])
    i = s.queue("a@from.test", rcpts)
    s.serve(lambda o, a: "D" if a[0] == "d" and o.kind != "B" else "K")
    check(s.until(lambda: empty(home)))
    s.signal(signal.SIGTERM)
    os.close(s.life); s.life = os.open("/dev/null", os.O_RDONLY)
    s.wait()
    lines = open(trace).read().splitlines()
    def at(what, after=-1):
        for n, l in enumerate(lines):
            if n > after and re.search(what, l): return n
        check(False, "no", what, "\n".join(lines))
    bounce, mark = "bounce/../" + i, "state/../" + i
    text = at(r"write\(\d+<.*%s" % bounce)
    text_durable = at(r"fdatasync\(\d+<.*%s.* = 0" % bounce, text)
    text_named = at(r"fsync\(\d+<.*queue/bounce/..>.* = 0", text_durable)
    first_mark = at(r"write\(\d+<.*%s" % mark)
    check(first_mark > text_named, "text before mark")
    mark_durable = at(r"fdatasync\(\d+<.*%s.* = 0" % mark, first_mark)
    mark_named = at(r"fsync\(\d+<.*queue/state/..>.* = 0", mark_durable)
    sends = [n for n, l in enumerate(lines) if l.startswith("sendmsg(3")]
    cleans = [n for n, l in enumerate(lines) if l.startswith("sendmsg(7")]
    check(len(sends) == 2 and sends[1] > mark_named, "the bounce after the mark")
    told = at(r"write\(\d+<.*%s" % mark, sends[1])
    check(len(cleans) == 1 and cleans[0] > told, "removal after the bounce")
    s.kill()
durable(["d@far.test", "k@far.test"])
durable(["s@far.test\0nSUCCESS"])
# and a message that is delivered at once costs no sync at all
s.unasked = 1
hash_now = lambda: int(time.time()) * 1000000 >> 24
began = hash_now()
s.start(wrap=["strace", "-o", trace, "-y", "-e", "trace=fdatasync,fsync,openat,open,write,unlink"])
looked = lambda kind: re.findall('"%s/(..)"' % kind, open(trace).read())
check(s.until(lambda: len(looked("bounce")) == 256), "the scan of the start is through")
check(int(looked("todo")[0], 16) in [n & 255 for n in range(began, hash_now() + 1)], "what came last is the first")
i = s.queue("a@from.test", ["1@far.test", "2@far.test\0nFAILURE,DELAY", "3@here.test\0nNEVER"])
s.serve()
check(s.until(lambda: empty(home)))
s.kill()
lines = open(trace).read().splitlines()
check(not [l for l in lines if "sync" in l or (i in l and "todo" not in l)], lines)
E
}

# orders that the kernel has no memory for, and no memory at all: it rests, loses nothing and goes on
test_no_memory() {
  need_root && need strace strace || return 0
  py "no memory" <<'E'
def failed(): return open(trace).read().count("INJECTED")
trace = home + ".trace"
# a brk that fails answers with the old end, so that an error there would be no end that it knows
for faults, n in (["sendmsg:error=ENOBUFS"], 1), (["brk:retval=0", "mmap:error=ENOMEM"], 9000):
    t = subprocess.Popen(["strace", "-o", trace, "-p", str(s.p.pid), "-e", "trace=sendmsg,brk,mmap"] +
                         [x for f in faults for x in ("-e", "inject=" + f)], stderr=subprocess.PIPE)
    t.stderr.readline()         # attached
    s.queue("a@from.test", ["%d@far.test" % i for i in range(n)])
    check(s.until(failed), "something failed")
    before, o = failed(), s.order(3)
    check(failed() - before < 150, "no spin", failed() - before)
    check(not o, "no order")
    t.terminate()
    t.wait()
    if n > 1: s.signal(signal.SIGALRM)  # what had no memory would wait a minute
    check(s.until(lambda: not s.serve() and empty(home)), faults)
E
}

test_disk_full() {
  need_root || return 0
  py "disk full" no <<'E'
subprocess.run("dd if=/dev/zero of=%s.img bs=1k count=600 2>/dev/null && mkfs.ext4 -q -O ^has_journal -N 400 %s.img && cp -a %s/queue/bounce %s.keep"
               % (home, home, home, home), shell=True, check=True)
where = home + "/queue/bounce"
subprocess.run("mount -o loop %s.img %s && cp -a %s.keep/. %s/" % (home, where, home, where), shell=True, check=True)
try:
    junk = os.open(where + "/junk", os.O_WRONLY | os.O_CREAT)
    try:
        while True: os.write(junk, b"x" * 1024)
    except OSError: os.close(junk)
    s.start()
    i = s.queue("a@from.test", ["d@far.test", "k@far.test"])
    s.report(s.must(), [(0, "D", b"5.1.1 no"), (1, "K", b"")])
    check(s.until(lambda: "alert: cannot write " + os.path.relpath(path(home, "bounce", i), home) + ": " in s.log()), s.log())
    check(s.order(0.5) is None and "D" not in (state(home, i) or ""), "no mark, no bounce without a text")
    j = s.queue("a@from.test", ["u@here.test"])
    check([o.kind for o in s.serve()] == ["L"], "mail goes on")
    os.remove(where + "/junk")
    o = s.order()
    check(o and o.kind == "B" and o.rcpt == [(0, b"5.1.1 no")], o)
    s.report(o, "K")
    check(s.until(lambda: empty(home) or left(home, "bounce") == []), left(home, "todo"))
    s.kill()
finally:
    end_all()
    subprocess.run(["umount", where])
E
}

# one test alone: its name as the argument
case ${1:-} in test_*) eval "suite() { suite_addTest $1; }" ;; esac
run_tests
