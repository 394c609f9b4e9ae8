# mail-desk: what it orders from mail-send and in whose name, its bounds, and what it says when somebody dies
. "$(dirname "$0")/../lib.sh"

oneTimeSetUp() {
  home=$SCRATCH/home
  instance "$home" here.test || exit 1
  make -s HOMEDIR=/nonexistent USERS=build/tests/users build/bench/queue > "$SCRATCH/make.log" 2>&1 || cat "$SCRATCH/make.log"
}

# fill N [-w SECONDS] - a queue of N messages
fill() {
  find "$home/queue" -type f ! -name lock -delete
  n=$1
  shift
  build/bench/queue -n "$n" "$@" -t 'user@far%d.test' "$home" || fail "no queue"
}

# The rest of a test is Python on standard input; d is a running mail-desk.
py() { # NAME
  {
    echo 'import json, sys; from desk import *'
    echo 'home = sys.argv[1]; d = Desk(home, home + ".users")'
    echo 'ids = sorted(f for _, _, fs in os.walk(home + "/queue/todo") for f in fs)'
    cat
    echo 'check(d.stop() == 0, "at TERM")'
  } > "$SCRATCH/test.py"
  SCRATCH=$SCRATCH PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$stub" timeout 300 python3 -S "$SCRATCH/test.py" "$home" || {
    fail "$1"
    tail -n 5 "$SCRATCH/desk.log"
  }
}

test_orders_are_records_of_the_caller() {
  need_root || return 0
  fill 150 -w 600
  py "orders" <<'E'
seen = d.serve()
r = d.q("hold", "--all", "--yes", "--reason", "for \u00e4 look")
check(r == (0, b"150 messages held\n", b""), r)
check([(o.word, len(o.ids)) for o in seen] == [("H", 64), ("H", 64), ("H", 22), ("C", 0)], [(o.word, len(o.ids)) for o in seen])
check([i for o in seen for i in o.ids] == ids, "all, in the order of arrival")
check(all((o.uid, o.name) == (0, b"root") and o.domain == b"" for o in seen), seen[0].uid, seen[0].name)
check(seen[0].reason == "for \u00e4 look".encode(), seen[0].reason)
del seen[:]
group = d.role["mailo"][1]
r = d.q("retry", ids[3], ids[4][-8:], user=4321, group=group, extra_groups=[])
check(r[0] == 0 and [(o.word, o.uid, o.name, o.ids) for o in seen][0] == ("T", 4321, b"", ids[3:5]), r, seen[0].ids)
del seen[:]
check(d.q("expire", "--to", "*@far7.test", "--older", "1s", "--yes")[:2] == (0, b"1 message given up\n"))
check([(o.word, o.ids) for o in seen] == [("X", [ids[7]]), ("C", [])])
del seen[:]
r = d.q("hold-domain", "Far7.Test.", "b.test", "--reason", "x")
check(r == (0, b"2 domains held\n", b""), r)
check([(o.word, o.domain) for o in seen] == [("H", b"far7.test"), ("C", b""), ("H", b"b.test"), ("C", b"")], seen[0].domain)
r = d.q("retry", "--all", "--yes", user=4321, group=4321, extra_groups=[])
check(r[0] == 100 and b"members of the group %d may" % group in r[2], r)
status = open("/proc/%d/status" % d.p.pid).read()
check("NoNewPrivs:\t1" in status and "Seccomp:\t2" in status, status)
E
}

test_done_only_when_it_is_durable() {
  need_root || return 0
  fill 3 -w 600
  py "done" <<'E'
p = d.start_q("delete", "--all")
o = d.order()
d.answer(o, b"KGN", b"it is being removed")
check(d.order().word == "C")
time.sleep(0.3)
check(p.poll() is None, p.poll() is not None and p.communicate(), "an answer before it is durable")
d.p.kill(), d.p.wait()
out, err = p.communicate(timeout=60)
check(p.returncode == 111 and b"nothing is promised" in err and not out, out, err)
d.send.close()
d.start()
d.serve(lambda o: (b"E", b"no space") if o.word == "C" else (None, b""))
r = d.q("hold", "--all")
check(r[0] == 111 and b"no space" in r[2] and not r[1], r)
d.send.shutdown(socket.SHUT_RDWR)
check(d.p.wait(60) == 111, "mail-send is gone")
d.start()
d.serve(lambda o: (b"K", b"") if o.word == "C" else (b"KGN", b"it is being removed"))
r = d.q("release", "--all")
check(r[0] == 2 and r[1] == b"1 message released, 1 gone, 1 failed\n" and b"any more" in r[2] and b"it is being removed" in r[2], r)
r = d.q("release", "--all", "--json")
check([json.loads(l)["result"] for l in r[1].splitlines()] == ["done", "gone", "notnow"], r)
d.stop()
d.send.close()
d.start()
p = d.start_q("hold-domain", "a.test", "b.test")
for _ in range(2): d.answer(d.order())
check(d.order().domain == b"b.test")
d.p.kill(), d.p.wait()
out, err = p.communicate(timeout=60)
check(p.returncode == 111 and out == b"1 domain held\n" and b"nothing is promised" in err, out, err)
d.send.close()
d.start()
check(d.q()[0] == 0)
E
}

# In an answer of mail-send there is one reason: that of the last one that was refused.
test_each_has_its_own_reason() {
  need_root || return 0
  fill 130 -w 600
  py "reasons" <<'E'
why = {ids[1]: b"it is held: release it", ids[3]: b"it is done and being removed", ids[5]: b"it is held: release it", ids[70]: b"damaged"}
def mixed(o):
    bad = [why[i] for i in o.ids if i in why]
    return bytes(b"KN"[i in why] for i in o.ids) or None, bad[-1] if bad else b""
seen = d.serve(mixed)
code, out, err = d.q("retry", "--all", "--yes", "--json")
got = {r["id"]: r for r in map(json.loads, out.splitlines())}
check(code == 2 and len(got) == 130 and all(got[i]["why"].encode() == why.get(i, b"") for i in ids), [got[i] for i in why])
check([i for i in ids if got[i]["result"] == "notnow"] == sorted(why), "and no others")
check(sum(len(o.ids) for o in seen) == 133 and seen[-1].word == "C", [len(o.ids) for o in seen])
d.stop(), d.send.close()
d.start()
seen = d.serve(lambda o: (b"E" * (len(o.ids) or 1), b"no space"))
code, out, err = d.q("hold", "--all", "--yes")
check(code == 111 and b"no space" in err and [len(o.ids) for o in seen] == [64, 64, 2, 0], code, err, [len(o.ids) for o in seen])
E
}

test_a_domain_is_tried_and_no_other() {
  need_root || return 0
  fill 30 -w 600
  py "retry-domain" <<'E'
seen = d.serve()
for i in ids: reply(home, i, 0, b"451 4.7.0 see far7.test/mail.com")
check(len(json.loads(d.q("list", ids[3], "--json")[1])["recipients"][0]["reply"]) > 20, "replies are seen")
check(len(d.q("list", "--host", "FAR7.test", "--json")[1].splitlines()) == 30, "--host looks into replies")
check(d.q("retry-domain", "Far7.test") == (0, b"1 domain to be tried now\n", b""))
check([(o.word, o.domain, o.ids) for o in seen if o.word == "T"] == [("T", b"far7.test", []), ("T", b"", [ids[7]])], [o.ids for o in seen])
del seen[:]
check(d.q("retry-domain", "com")[0] == 0 and not [o for o in seen if o.ids], "nothing waits for it")
E
}

# What may be sound is not called damaged, nor taken for what an order looks for.
test_what_cannot_be_read_now() {
  need_root || return 0
  fill 6 -w 600
  py "unreadable" <<'E'
path = lambda dir, i: home + "/queue/%s/%s/%s" % (dir, i[6:8], i)
os.chmod(path("todo", ids[1]), 0), os.chmod(path("state", ids[2]), 0)
open(path("todo", ids[3]), "wb").write(b"none")
seen = d.serve()
code, out, err = d.q("list", "--json")
got = [json.loads(l) for l in out.splitlines()]
check(code == 2 and [m["state"] for m in got if "state" in m] == ["waiting", "unknown", "unknown", "damaged", "waiting", "waiting"], code, out)
check([m["sender"] for m in got if m.get("state") == "unknown"] == [None, None], "which is not the empty sender")
told = [(m["id"], m["why"]) for m in got if m.get("result") == "error"]
check(told == [(i, "cannot be read now: %s: Permission denied" % path(p, i)[len(home) + 1:]) for i, p in ((ids[1], "todo"), (ids[2], "state"))], told)
check(all(i.encode() + b": cannot be read now" in err for i in ids[1:3]), err)
for args in ["list", "--from", "x@y.test"], ["list", "--state", "new"]:
    code, out, err = d.q(*args)
    check(code == 2 and out == b"nothing that can be read matches\n" and err.count(b"Permission denied") == 2, args, code, out, err)
out = d.q("list", "--postfix")[1]
check(out.count(b"(unknown)") == 2 and b"(damaged)" in out and b"MAILER-DAEMON" not in out, out)
check(b"state    unknown\n" in d.q("show", ids[1])[1] and b"2 unknown" in d.q("list")[1].splitlines()[-1])
r = d.q("delete", "--state", "damaged", "--yes")
check(r[:2] == (2, b"1 message deleted, 2 failed\n") and [o.ids for o in seen] == [[ids[3]], []], r, [o.ids for o in seen])
del seen[:]
for args in ["--state", "unknown"], ["--from", "<>"], ["--larger", "0", "--to", "*"], ["--host", "far1.test"]:
    d.q("delete", *args, "--yes")
check(not [i for o in seen for i in o.ids if i in ids[1:3]], [o.ids for o in seen])
r = d.q("retry-domain", "far1.test")
check(r[0] == 2 and b"cannot be read now" in r[2], r)
check(d.q("hold", ids[1], ids[2]) == (0, b"2 messages held\n", b""), "who names it means it")
E
}

test_the_end_of_the_service() {
  need_root || return 0
  fill 1200 -w 600
  py "end" <<'E'
log = lambda: open(d.log.name).read()
asks, late = waiting(d.path), d.connect()       # one waits for a yes, one for its request
deaf = d.connect()                              # and one for room to write
deaf.send(b"\x01L\x01" + bytes(72))
pids = until(lambda: len(d.processes()) == 3 and d.processes())
os.kill(pids[1], 15)
check(until(lambda: pids[1] not in d.processes()), "TERM ends a process")
check(d.q("list", ids[0])[0] == 0 and d.p.poll() is None, "and no other one")
before = len(log())
check(d.stop() == 0)
check(until(lambda: not any(map(lives, pids))), "they end with it")
check(len(log()) == before, "without a word", log()[before:])
def orderly():
    """mail-send ends, then mail-start lets go"""
    d.send.close()
    d.start()
    before = len(log())
    d.send.shutdown(socket.SHUT_RDWR), os.close(d.end)
    return d.p.wait(60) == 0 and len(log()) == before
check(any(orderly() for _ in range(5)), log())
d.start()
check(d.q("list", ids[0])[0] == 0, "it heeds signals by now")
E
}

test_more_IDs_than_a_packet_holds() {
  need_root || return 0
  fill 1200 -w 600
  py "many" <<'E'
seen = d.serve()
none = "0123456789abcdef0123456789"
for word in "list", "show":
    code, out, err = d.q(word, *ids, none, "--json")
    got = [json.loads(l)["id"] for l in out.splitlines() if b'"result"' not in l]
    check(code == 2 and got == ids and none.encode() in err, code, err, len(got), out[:300])
code, out, err = d.q("hold", *ids)
check(code == 100 and b"1200 messages match" in err and b"nothing was done" in err and not seen, code, err)
r = d.q("hold", none, *ids, ids[0][:6], "--yes")
check(r[0] == 2 and r[1] == b"1200 messages held, 1 gone, 1 ambiguous\n", r)
check([i for o in seen for i in o.ids] == ids and [o.word for o in seen].count("C") == 1)
check(d.stop() == 0)
os.unlink(d.path)
code, out, err = d.q("list", *ids, "--json")
check(code == 0 and len(out.splitlines()) == 1200 and b"service send does not run" in err, code, err)
d.start()
check(d.q()[0] == 0)
E
}

# who is refused before all of it was read gets the answer all the same
test_a_desk_with_too_many_callers_is_asked_again() {
  need_root || return 0
  fill 1
  py "busy" <<'E'
check(d.stop() == 0)
os.unlink(d.path)
desk = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
desk.bind(d.path)
desk.listen(8)
p = d.start_q("list")
first = desk.accept()[0]
select.select([first], [], [])
first.send(b"\x01EB" + packed(b"full"))
first.close()
second = desk.accept()[0]
second.recv(65536)
second.send(b"\x01EK" + packed(b""))
out, err = p.communicate(timeout=60)
check(p.returncode == 0 and out == b"the queue is empty\n" and not err, p.returncode, out, err)
d.start()
check(d.q()[0] == 0)
E
}

test_bounds_and_bad_requests() {
  need_root || return 0
  fill 2
  py "bounds" <<'E'
def refused(s):
    return s.recv(65536)[:3] == b"\x01EB"
many = [d.connect() for _ in range(16)]
check(refused(d.connect()), "the 17th")
for s in many: s.close()
check(d.q()[0] == 0, "room again")
many = [waiting(d.path) for _ in range(16)]
pids = d.processes()
for pid in pids: os.kill(pid, signal.SIGSTOP), deafen(pid)
check(refused(d.connect()), "who is not heard any more, and lives, counts")
check(len(d.processes()) == 16, "they live")
for s in many: s.close()
for pid in pids: os.kill(pid, signal.SIGCONT)
check(d.q()[0] == 0, "until they end")
r, w = os.pipe()
pid = os.fork()
if not pid:
    os.setgroups([]), os.setgid(d.role["mailo"][1]), os.setuid(4321)
    nine = [d.connect() for _ in range(9)]
    os.write(w, b"y" if refused(nine[8]) else b"n")
    time.sleep(100)
check(os.read(r, 1) == b"y", "the 9th of one uid")
check(d.q()[0] == 0, "others are served")
os.kill(pid, 9), os.waitpid(pid, 0)
for bad in b"", b"x", b"\x01H", b"\x02" + b"\0" * 60, os.urandom(5000), b"\x01L\0" + b"\xff" * 40, b"\x01D\0" + b"\0" * 80:
    s = d.connect()
    if bad: s.send(bad)
    s.shutdown(socket.SHUT_WR)
    got = s.recv(65536)
    check(got == b"" or got[:3] == b"\x01ED", bad[:9], got)
s = d.connect()
s.send(b"\x01H\0" + packed(b"") + packed(b"a b.test") + bytes(64))
got = s.recv(65536)
check(got[:3] == b"\x01ED" and b"a domain has no blank" in got, got)
for domain in "b c.test", "b\x01.test", b"b\xff.test", "@b.test", "*.test", "", ".":
    r = d.q("hold-domain", "a.test", domain)
    check(r[0] == 100 and b"this is no domain" in r[2] and not r[1], domain, r)
check(not select.select([d.send], [], [], 0)[0], "none of them was ordered")
check(d.p.poll() is None and d.q()[0] == 0)
r = d.q("show", "0123456789abcdef0123456789")
check(r[0] == 1 and b"is not in the queue" in r[2], r)
r = d.q("show", ids[0][:4])
check(r[0] == 1 and b"more than one" in r[2], r)
r = d.q("show", ids[0][-12:], "abcd-1")
check(r[0] == 2 and r[1].startswith(ids[0].encode()), r)
E
}

test_a_setting_that_is_none_is_named() {
  need_root || return 0
  echo "example.org joe" > "$home/control/virtualdomains"
  py settings <<'E'
d.q("list")
check("warning: cannot read control/virtualdomains\n" in open(sys.argv[1] + "/../desk.log").read(), "no word of errno")
E
  rm "$home/control/virtualdomains"
}

test_by_hand_it_says_who_starts_it() {
  "$home/bin/mail-desk" 3<&- 4<&- 2> "$SCRATCH/err"
  assertEquals 111 $?
  assertEquals "mail-desk: fatal: it is mail-start that runs this" "$(cat "$SCRATCH/err")"
}

run_tests
