#!/bin/sh
# what operators want of mail-send, among fake neighbours: tests/stub/neighbours.py plays mail-desk, too

. "$(dirname "$0")/../lib.sh"

. "$stub/send.sh"

test_held_released_and_who_asked() {
  py "held" <<'E'
i, j = s.queue("a@from.test", ["u@far.test"]), s.queue("a@from.test", ["u@here.test"])
s.serve("Z")
check(s.until(lambda: state(home, i) == " "), state(home, i))
check(s.ask("H", [i, new_id()], reason="wait for the lawyer") == "KG", s.why)
check(s.commit() == "K")
s.signal(signal.SIGALRM)
check([o.id for o in s.serve()] == [j], "the other is tried")
check(s.lines("hold") == ["mail-send: hold id=%s uid=1000 name=ann reason=wait\\x20for\\x20the\\x20lawyer" % i], s.log())
check(s.ask("T", [i]) == "N" and "held" in s.why, s.why)
s.restart()
s.signal(signal.SIGALRM)
check(s.serve() == [], "held after a crash")
check(s.ask("R", [i]) == "K" and s.commit() == "K")
check([o.id for o in s.serve()] == [i], "released at once")
check(s.until(lambda: empty(home)), left(home, "todo"))
check(s.ask("H", [i]) == "G", "it is gone")
check(s.term() == 0, "TERM")
E
}

test_what_is_new_is_held_unread() {
  py "new" <<'E'
check(s.order(0.1) is None, "the scan of the start is through")
i = s.queue("a@from.test", ["u@far.test"], pull=False)  # nobody has told of it yet
check(s.ask("H", [i]) == "K", s.why)
s.trigger(i)
check(s.serve() == [] and not s.lines("new"), s.log())
check(s.ask("R", [i]) == "K")
check([o.id for o in s.serve()] == [i])
E
}

test_held_while_it_is_under_way() {
  py "under way" <<'E'
i = s.queue("a@from.test", ["u@far.test", "v@else.test"])
a, b = s.must(), s.must()
check(s.ask("H", [i]) == "K" and s.commit() == "K")
s.report(a, "K")
s.report(b, "Z")
check(s.until(lambda: sorted(state(home, i) or "") == [" ", "K"]), state(home, i))
s.signal(signal.SIGALRM)
check(s.serve() == [], "what was under way has ended, nothing more begins")
s.restart()
check(s.ask("R", [i]) == "K")
check([o.index for o in s.serve()] == [b.index], "only the rest")
check(s.until(lambda: empty(home)))
E
}

test_expired_with_a_reason() {
  py "expired" <<'E'
i = s.queue("a@from.test", ["u@far.test", "v@else.test"])
s.serve(lambda o, a: "K" if a[0] == "v" else "Z")
check(s.until(lambda: state(home, i) == " K"), state(home, i))
check(s.ask("X", [i], reason="no such customer; \u00fc") == "K" and s.commit() == "K")
b = s.must()
check(b.kind == "B" and b.index == [0], b)
check(b.rcpt[0][1].decode() == "5.4.7 message expired; the administrator of this host has given it up: no such customer; \u00fc", b.rcpt)
s.restart()             # the bounce was not queued: the order is done all the same, with its reason
b = s.must()
check(b.kind == "B" and b.rcpt[0][1].endswith(b"customer; \xc3\xbc"), b.rcpt)
s.report(b, "K")
check(s.until(lambda: empty(home)), left(home, "todo"))
check(s.until(lambda: s.lines("end")) and not s.lines("expire"), s.log())
E
}

test_expire_and_delete_are_done_after_a_crash() {
  py "crash" <<'E'
n = 200
ids = [s.queue("a@from.test", ["u@far.test"]) for _ in range(n)]
for o in s.serve("Z", quiet=1): pass
check(s.until(lambda: len(s.lines("deferred")) == n), len(s.lines("deferred")))
check(s.ask("X", ids[:100], reason="over") == "K" * 100 and s.ask("D", ids[100:]) == "K" * 100 and s.commit() == "K")
s.restart()
told = [o for o in s.serve(lambda o, a: "K", quiet=1)]
check(all(o.kind == "B" and o.rcpt[0][1].endswith(b"given it up: over") for o in told), told)
check(set(o.id for o in told) == set(ids[:100]), len(told))
check(s.until(lambda: empty(home)), len(left(home, "todo")))
E
}

test_deleted_while_it_is_under_way_tells_nobody() {
  py "deleted" <<'E'
i = s.queue("a@from.test", ["u@far.test", "v@else.test"])
a, b = s.must(), s.must()
s.report(a, "D", b"5.1.1 nobody")
check(s.until(lambda: s.lines("failed")), s.log())
check(s.ask("D", [i]) == "K" and s.commit() == "K")
s.report(b, "Z")
check(s.serve() == [], "the failure before it is not told")
check(s.until(lambda: empty(home)), left(home, "todo"))
ids = [s.queue("a@from.test", ["u@far.test"]) for _ in range(5)]
for _ in ids: s.report(s.must(), "D", b"5.1.1 nobody")
told = [s.must() for _ in range(3)]
check(all(o.kind == "B" for o in told) and s.order(0.5) is None, "two bounces wait for three")
check(s.ask("D", ids) == "K" * 5 and s.commit() == "K")
for o in told: s.report(o, "K")
check(s.serve() == [], "those that waited are not told")
check(s.until(lambda: empty(home)), left(home, "todo"))
E
}

test_retry_tries_the_dead_host_too() {
  py "retry" <<'E'
i = s.queue("a@from.test", ["u@far.test"])
s.report(s.must(), "Z", flags=HOST_DOWN)
j = s.queue("a@from.test", ["v@far.test"])
check(s.until(lambda: len(s.lines("new")) == 2), s.log())
check(s.order(0.3) is None, "the host is left alone")
check(s.ask("T", [j], uid=0, name="root") == "K" and s.commit() == "K")
o = s.must()
check(o.id == j, o)
s.report(o, "K")
check(s.ask("T", [i]) == "K")
check([o.id for o in s.serve()] == [i], "and this one now")
check(s.until(lambda: empty(home)))
E
}

test_retry_is_done_after_a_crash() {
  py "retry" <<'E'
i = s.queue("a@from.test", ["u@far.test"])
s.serve("Z")
check(s.until(lambda: state(home, i) == " "), state(home, i))
check(s.ask("T", [i]) == "K" and s.commit() == "K")
s.restart()
check([o.id for o in s.serve("Z")] == [i], "due at once")
E
}

test_held_domains() {
  py "domains" <<'E'
open(home + "/control/virtualdomains", "w").write("virtual.test:u\n")
s.restart()
i = s.queue("a@from.test", ["u@far.test"])
s.serve("Z")
check(s.until(lambda: state(home, i) == " "), state(home, i))
for d in ("far.test", "local.test", "virtual.test"):
    check(s.ask("H", d, reason="down") == "K" and s.commit() == "K", s.why)
later = [s.queue("a@from.test", [r]) for r in ("v@FAR.test", "u@local.test", "x@virtual.test")]
mixed = s.queue("a@from.test", ["w@far.test", "w@else.test", "u@local.test", "u@here.test"])
three = s.queue("a@from.test", ["t@virtual.test", "t@far.test", "t@local.test"])
for _ in range(2):
    seen = s.serve("K")
    check(all(set(s.address(o)) <= {"w@else.test", "u@here.test"} for o in seen), [s.address(o) for o in seen])
    s.signal(signal.SIGALRM)
check(s.until(lambda: state(home, mixed) == " K K"), state(home, mixed))
check(s.lines("hold")[0] == "mail-send: hold domain=far.test uid=1000 name=ann reason=down", s.lines("hold"))
s.restart()
check(s.serve() == [], "after a crash, too")
check(s.ask("T", [later[0]]) == "N" and "domain is held" in s.why, s.why)
check(s.ask("R", "far.test") == "K" and s.ask("T", [i]) == "K" and s.commit() == "K")
seen = s.serve("K", quiet=1)
check(sorted(s.address(o)[0] for o in seen) == ["t@far.test", "u@far.test", "v@FAR.test", "w@far.test"], [s.address(o) for o in seen])
check(s.ask("R", "local.test") == "K" and s.ask("R", "virtual.test") == "K")      # who waits beside others is tried, too
seen = s.serve("K", quiet=1)
check(sorted(s.address(o)[0] for o in seen) == ["t@local.test", "t@virtual.test", "u@local.test", "u@local.test", "x@virtual.test"], [s.address(o) for o in seen])
check(s.until(lambda: empty(home)), left(home, "todo"))
E
}

test_a_domain_is_held_while_mail_goes_there() {
  py "under way" <<'E'
open(home + "/control/concurrencyremote", "w").write("1\n")
s.restart()
a = s.queue("a@from.test", ["u@far.test"])
o = s.must()
more = [s.queue("a@from.test", ["u%d@far.test" % n]) for n in range(20)]
check(s.until(lambda: len(s.lines("new")) == 21), s.log())
check(s.ask("H", "far.test") == "K")
other = s.queue("a@from.test", ["u@else.test"])
s.report(o, "Z", flags=HOST_DOWN)
seen = s.serve()
check([o.id for o in seen] == [other], seen)
check(s.ask("R", "far.test") == "K")
check(len(s.serve()) == 21, "all go on, whatever became of the host before")
check(s.until(lambda: empty(home)))
E
}

test_what_is_shown_of_it() {
  py "shown" <<'E'
def show(program):
    return subprocess.run([home + "/bin/" + program], capture_output=True, timeout=60).stdout.decode()
check(s.order(0.1) is None, "the scan of the start is through")
i, j = s.queue("a@from.test", ["u@far.test"]), s.queue("a@from.test", ["v@local.test"], pull=False)
s.serve("Z", quiet=1)
check(s.until(lambda: state(home, i) == " "), state(home, i))
check(s.ask("H", [i], reason="\u00fc\\") == "K" and s.ask("H", "local.test", name="", reason="moving") == "K")
out = show("mail-qread")
time_ = r"\d+ \w+ \d{4} [0-9:]{8} GMT"
held = r"#%s .*  tried 1, next held.*\n\tu@far.test\n    tried 1, .*\n    waits: held by ann since %s: \\xc3\\xbc\\x5c\n"
check(re.search(held % (i, time_), out), out)
check(re.search(r"\tv@local.test\n    waits: its domain is held by uid 1000 since %s: moving\n" % time_, out), out)
check(s.until(lambda: re.search(r" held      local.test$", show("mail-qhosts"), re.M)), show("mail-qhosts"))
E
}

test_what_waits_for_a_held_domain_can_be_ended() {
  py "ended" <<'E'
check(s.ask("H", "far.test") == "K" and s.commit() == "K")
i, j, k = [s.queue("a@from.test", ["u@far.test"]) for _ in range(3)]
check(s.until(lambda: len(s.lines("new")) == 3), s.log())
check(s.ask("D", [i]) == "K" and s.ask("X", [j]) == "K" and s.commit() == "K")
check([(o.kind, o.id) for o in s.serve("K")] == [("B", j)])
check(s.until(lambda: left(home, "todo") == [k]), left(home, "todo"))
check(s.ask("R", "far.test") == "K" and [o.id for o in s.serve("K")] == [k])
check(s.until(lambda: empty(home)))
E
}

test_so_many_domains() {
  py "many domains" <<'E'
for n in range(1000):
    check(s.ask("H", "d%d.test" % n) == "K", n)
check(s.ask("H", "one.more.test") == "E" and "1000" in s.why, s.why)
check(s.commit() == "K")
s.restart()
check(s.ask("H", "one.more.test") == "E" and s.ask("R", "d7.test") == "K" and s.ask("H", "one.more.test") == "K")
E
}

test_what_is_damaged() {
  py "damaged" <<'E'
i = s.queue("a@from.test", ["u@far.test"])
s.report(s.must(), "Z", by=OPEN, flags=DAMAGED)
check(s.until(lambda: s.ask("X", [i]) == "N") and "damaged" in s.why, s.why)
check(s.ask("H", [i]) == "K" and s.ask("R", [i]) == "K" and s.ask("D", [i]) == "K" and s.commit() == "K")
check(s.until(lambda: empty(home)), left(home, "todo"))
E
}

test_the_journal_is_tidied_up() {
  py "journal" <<'E'
journal = home + "/queue/state/wishes"
i, gone = s.queue("a@from.test", ["u@far.test"]), s.queue("a@from.test", ["v@far.test"])
check(s.ask("H", "first.test") == "K")
check(s.ask("H", [i, gone]) == "KK" and s.ask("H", "held.test") == "K")
for _ in range(80):
    s.order_desk("R", [i] * 64); check(s.answer_desk()[1] == "K" * 64)
    s.order_desk("H", [i] * 64); check(s.answer_desk()[1] == "K" * 64)
big = os.path.getsize(journal)
with open(journal, "r+b") as f: f.seek(40); f.write(b"\1")
check(s.commit() == "K")
check("alert: queue/state/wishes is damaged" in s.log(), "before another takes its place", s.log())
check([os.path.getsize(home + "/queue/state/" + n) for n in os.listdir(home + "/queue/state") if "kept-" in n] == [big])
small = os.path.getsize(journal)
check(small < 1000 < big and "held.test" in open(journal, errors="replace").read(), small, big)
os.unlink(path(home, "todo", gone))
s.restart()
check(s.until(lambda: os.path.getsize(journal) < small), "what is gone does not count")
s.signal(signal.SIGALRM)
check(s.serve() == [], "what counts does")
E
}

test_what_of_the_journal_is_not_sound_is_kept() {
  py "kept" <<'E'
journal = home + "/queue/state/wishes"
def read(name): return open(name, "rb").read()
def kept(): return sorted(n for n in os.listdir(home + "/queue/state") if n.startswith("wishes.kept-"))
def restart(text, grade):       # with this journal: it is kept as it is, told, and there is a sound one
    before = kept()
    open(journal, "wb").write(text)
    s.restart()
    new = [n for n in kept() if n not in before]
    check(len(new) == 1 and read(home + "/queue/state/" + new[0]) == text, new)
    line = [l for l in s.log().splitlines() if "wishes" in l]
    check(len(line) == 1 and line[0].startswith("mail-send: %s: queue/state/wishes" % grade), line)
    check(line[0].endswith("; it is kept as queue/state/" + new[0]), line)
    s.signal(signal.SIGALRM)
i, j = s.queue("a@from.test", ["u@far.test"]), s.queue("a@from.test", ["v@far.test"])
check(s.ask("H", [i]) == "K" and s.ask("H", [j], reason="last") == "K" and s.commit() == "K")
both = read(journal)
last = both.rindex(b"\xff\x57\xff\x0a")
restart(both[:-1] + bytes([both[-1] ^ 1]), "alert")
check([o.id for o in s.serve("Z")] == [j], "one bad byte at the end: what is before it counts")
check(read(journal) == both[:last], "nothing else is left")
for end in b"\xff\x57\xff\x0a\0\0\0\x40half a record", b"\xff", both[last:-1]:
    restart(both[:last] + end, "warning")
    check(read(journal) == both[:last])
restart(both[:last] + b"\0" * 4096, "alert")
check([o.id for o in s.serve("Z")] == [j], "the first is still held")
restart(both[:40] + b"x" + both[41:], "alert")
check([o.id for o in s.serve("Z")] == [i], "what is behind damage counts")
for text in b"garbage", both[5:last - 3], b"":
    restart(text, "alert")
    check(sorted(o.id for o in s.serve("Z")) == [i, j], "nothing is left")
    check(read(journal) == b"bulkhead wishes 1\n")
check(s.ask("H", [i]) == "K" and s.commit() == "K")
s.restart()
check(len(kept()) == 9 and "wishes" not in s.log(), kept(), s.log())
E
}

test_a_full_disk_and_a_journal_that_is_not_sound() {
  need_root && need strace strace || return 0
  py "full disk" <<'E'
journal = home + "/queue/state/wishes"
i = s.queue("a@from.test", ["u@far.test"])
s.serve("Z")
check(s.ask("H", [i]) == "K" and s.commit() == "K")
with open(journal, "ab") as f: f.write(b"\xff\x57")
text = open(journal, "rb").read()
s.restart(wrap=["strace", "-f", "-o", "/dev/null", "-P", journal + ".new", "-e", "trace=write", "-e", "inject=write:error=ENOSPC"])
s.signal(signal.SIGALRM)
j = s.queue("a@from.test", ["v@far.test"])
check([o.id for o in s.serve()] == [j], "mail goes on, what is held is held")
check("orders of operators are refused" in s.log(), s.log())
check(s.ask("R", [i]) == "E" and "No space" in s.why and s.commit() == "E", s.why)
check(open(journal, "rb").read() == text)
s.restart()
check(s.ask("R", [i]) == "K" and s.commit() == "K" and [o.id for o in s.serve()] == [i])
E
}

test_a_journal_that_nobody_commits_is_bounded() {
  need_root && need strace strace || return 0
  py "bounded" <<'E'
import binascii
journal = home + "/queue/state/wishes"
i = s.queue("a@from.test", ["u@far.test"])
s.serve("Z")
check(s.until(lambda: state(home, i) == " "), state(home, i))
def record(word, domain):
    p = lambda t: struct.pack(">I", len(t)) + t
    body = struct.pack(">Q", 1) + word + struct.pack(">I", 7) + p(b"ann") + p(b"x" * 200) + p(domain) + struct.pack(">I", 0)
    r = b"\xff\x57\xff\x0a" + struct.pack(">I", len(body)) + body
    return r + struct.pack(">I", binascii.crc32(r))
many = (record(b"H", b"far.test") + record(b"R", b"far.test")) * 8500 + record(b"H", b"held.test")
check(len(many) > 4 << 20 and s.ask("H", "held.test") == "K" and s.commit() == "K")
open(journal, "wb").write(b"bulkhead wishes 1\n" + many)
s.restart(wrap=["strace", "-f", "-o", "/dev/null", "-P", journal + ".new", "-e", "trace=write", "-e", "inject=write:error=ENOSPC"])
check(s.ask("H", [i]) == "E" and "No space" in s.why, s.why)
check(os.path.getsize(journal) == 18 + len(many), "nothing is added")
s.restart()
check(s.ask("H", [i]) == "K" and os.path.getsize(journal) < 1000, os.path.getsize(journal))
check(s.commit() == "K")
s.restart()
s.queue("a@from.test", ["u@held.test"])
s.signal(signal.SIGALRM)
check(s.serve() == [], "what counts is there")
E
}

test_so_many_reasons() {
  py "reasons" no <<'E'
for name, n in ("concurrencyremote", 1000), ("concurrencylocal", 2):
    open(home + "/control/" + name, "w").write("%d\n" % n)
ids = [s.queue("a@from.test", ["u@d%d.test" % n], pull=False) for n in range(1000)] + [s.queue("a@from.test", ["u@here.test"], pull=False)]
s.start()
orders = dict((o.id, o) for o in [s.must() for _ in ids])
for n, i in enumerate(ids[:1000]):
    check(s.ask("X", [i], reason="because of %d" % n) == "K", n, s.why)
check(s.ask("X", ids[1000:], reason="one more") == "E" and "1000 different reasons" in s.why, s.why)
check(s.ask("H", ids[1000:], reason="one more") == "K", "only reasons to give up are so few")
check(s.ask("R", ids[:1]) == "K" and s.ask("X", ids[1000:], reason="one more") == "K" and s.commit() == "K", s.why)
s.report(orders[ids[1000]], "Z")
b = s.must()
check(b.kind == "B" and b.rcpt[0][1].endswith(b"given it up: one more"), b, b.rcpt)
E
}

test_a_journal_of_later_times() {
  py "strange" <<'E'
open(home + "/queue/state/wishes", "w").write("bulkhead wishes 2\nwhatever")
s.restart()
check("not known here" in s.log(), s.log())
i = s.queue("a@from.test", ["u@far.test"])
check(len(s.serve()) == 1 and s.ask("H", "far.test") == "K" and s.commit() == "K")
E
}

test_a_journal_that_cannot_be_written() {
  need_root && need strace strace || return 0
  py "disk" <<'E'
journal = home + "/queue/state/wishes"
i = s.queue("a@from.test", ["u@far.test"])
s.serve("Z")
check(s.until(lambda: state(home, i) == " "), state(home, i))
check(s.ask("H", "a.test") == "K" and s.commit() == "K")
def fails(what):
    return ["strace", "-f", "-o", "/dev/null", "-P", journal, "-P", journal + ".new", "-e", "trace=write,fdatasync,fsync,rename",
            "-e", "inject=" + what]
s.restart(wrap=fails("write:error=ENOSPC"))
check(s.ask("H", [i]) == "E" and "No space" in s.why, s.why)
check(s.ask("H", "b.test") == "E")
other = s.queue("a@from.test", ["u@b.test"])
check([o.id for o in s.serve()] == [other], "nothing has changed")
check(s.ask("T", [i]) == "E", "not even this")
check(s.ask("H", "a.test") == "E", "not even this")
s.restart()
s.signal(signal.SIGALRM)
check([o.id for o in s.serve("Z")] == [i], "nothing has changed")
s.restart(wrap=fails("fdatasync:error=EIO:when=1"))
check(s.ask("H", [i]) == "K" and s.commit() == "E" and "rror" in s.why, s.why)
check(s.ask("H", [i]) == "K" and s.commit() == "K", "it was written anew: ", s.why)
s.restart()
s.signal(signal.SIGALRM)
check(s.serve() == [], "held")
E
}

test_done_means_synced() {
  need_root && need strace strace || return 0
  py "order of syncs" <<'E'
trace = home + "/trace"
i = s.queue("a@from.test", ["u@far.test"])
s.serve("Z")
check(s.until(lambda: state(home, i) == " "), state(home, i))
s.restart(wrap=["strace", "-o", trace, "-y", "-e", "trace=write,fdatasync,fsync,rename,sendmsg"])
check(s.ask("H", [i]) == "K" and s.commit() == "K" and s.ask("R", [i]) == "K" and s.commit() == "K")
s.term()
calls = [l for l in open(trace) if "state/wishes" in l or "queue/state>" in l or "sendmsg(8" in l]
kinds = [l[:l.index("(")] + (".new" if "wishes.new" in l[:l.index(")")] else "") for l in calls]
want = ["write.new", "fsync.new", "rename.new", "fsync", "write", "sendmsg", "fdatasync", "sendmsg", "write", "sendmsg", "fdatasync", "sendmsg"]
check(kinds == want, kinds)
s.restart(wrap=["strace", "-o", trace, "-y", "-e", "trace=fdatasync,sendmsg"])
check(s.ask("R", [i]) == "K" and s.commit() == "K")
s.term()
calls = [l[:l.index("(")] for l in open(trace) if "state/wishes" in l or "sendmsg(8" in l]
check(calls == ["sendmsg", "fdatasync", "sendmsg"], "what was written before the start is synced, too", calls)
E
}

test_no_desk() {
  py "none" no <<'E'
s.has_desk = False
s.start()
i = s.queue("a@from.test", ["u@far.test"])
check(len(s.serve()) == 1 and s.until(lambda: empty(home)) and s.term() == 0)
s.has_desk = True
s.restart()
s.sock[DESK].close(); s.sock[DESK] = None
check(s.wait() == 111, "a desk that is gone is missed as any neighbour")
s.restart()
check(s.ask("H", "far.test") == "K" and s.commit() == "K")
i = s.queue("a@from.test", ["u@far.test"])
s.has_desk = False
s.restart(args=["-1a"])
check(s.serve() == [] and s.wait() == 0, "a pass heeds what was ordered")
E
}

test_many_at_once() {
  py "many" no <<'E'
n = 3000
ids = [s.queue("a@from.test", ["u%d@far.test" % k], pull=False) for k in range(n)]
s.start()
s.report(s.must(), "Z", flags=HOST_DOWN)
check(s.until(lambda: len(s.lines("new")) >= n, 300), len(s.lines("new")))
v = s.ask("H", ids)
check(v.count("K") == n and s.commit() == "K", len(v))
s.signal(signal.SIGALRM)
late = s.queue("a@from.test", ["u@here.test"])
seen = [o.id for o in s.serve()]
check(len(seen) < 10 and late in seen, "mail goes on, and what was under way", seen)
v = s.ask("R", ids)
check(v.count("K") + v.count("G") == n and s.commit() == "K")
n -= len(seen) - 1
late = s.queue("a@from.test", ["u@here.test"])
seen = s.serve("K", quiet=3)
check(len(seen) == n + 1, len(seen))
check([o.id for o in seen].index(late) < 1100, "and is not behind those that come back", [o.id for o in seen].index(late))
check(s.until(lambda: empty(home)))
E
}

run_tests
