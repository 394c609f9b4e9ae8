#!/bin/sh
# what mail-send tells senders that ask by NOTIFY (RFC 3461), among fake neighbours: tests/stub/neighbours.py

. "$(dirname "$0")/../lib.sh"
. "$stub/send.sh"

# Successes are told to those that asked, with the same order of durability as failures.
test_success_is_reported_when_asked() {
  py "success" <<'E'
i = s.queue("a@from.test", ["u@here.test\0nSUCCESS", "v@here.test", "w@here.test\0nFAILURE,DELAY",
                            "x@here.test\0nnever", "y@here.test\0nDELAY,success,FAILURE"])
def policy(o, a):
    if o.kind == "B":
        check(state(home, i) == "SKKKS", "the mark comes before the notice", state(home, i))
    return ("K", b"2.0.0 in the mailbox")
seen = s.serve(policy)
notices = [o for o in seen if o.kind == "B"]
check(len(seen) == 6 and len(notices) == 1 and notices[0].bounce == 1, seen)
check(notices[0].rcpt == [(0, b"2.0.0 in the mailbox"), (4, b"2.0.0 in the mailbox")], notices[0].rcpt)
check(notices[0].action == ["S", "S"], notices[0].action)
check(s.until(lambda: empty(home)), left(home, "bounce"))
check(len(s.lines("delivered")) == 5 and len(s.lines("notice")) == 1 and not s.lines("bounce"), s.log())
E
}

test_relayed_only_when_the_next_host_is_not_asked() {
  py "relayed" <<'E'
s.unasked = 1
i = s.queue("a@from.test", ["u@far.test\0nSUCCESS", "v@far.test\0nFAILURE"])
seen = s.serve()
check([(o.kind, o.action) for o in seen] == [("R", ["F", "F"]), ("B", ["R"])] and seen[1].index == [0], seen)
check(s.until(lambda: empty(home)), left(home, "bounce"))
s.unasked = 0
s.queue("a@from.test", ["u@far.test\0nSUCCESS"])
seen = s.serve()
check([o.kind for o in seen] == ["R"], "the next host reports", seen)
check(s.until(lambda: empty(home)), left(home, "state"))
E
}

test_failures_that_nobody_wants_to_hear_of() {
  py "no failures" <<'E'
i = s.queue("a@from.test", ["1@far.test\0nNEVER", "2@far.test\0nSUCCESS,DELAY", "3@far.test\0nDELAY", "4@far.test\0nSUCCESS"])
check([o.kind for o in s.serve("D")] == ["R"])
check(s.until(lambda: empty(home)), left(home, "todo"))
check(len(s.lines("failed")) == 4 and not s.lines("bounce") and not s.lines("notice"), s.log())
i = s.queue("a@from.test", ["1@far.test\0nNEVER", "2@far.test\0nSUCCESS,FAILURE", "3@far.test\0nodd", "4@far.test\0n"])
seen = s.serve(lambda o, a: "K" if o.kind == "B" else "D")
check([(o.kind, o.index, o.action) for o in seen] == [("R", [0, 1, 2, 3], ["F"] * 4), ("B", [1, 2, 3], ["F"] * 3)], seen)
check(s.until(lambda: empty(home)), "gone")
E
}

test_empty_sender_hears_of_failures_only() {
  py "empty sender" <<'E'
for sender in ("", "#@[]"):
    s.queue(sender, ["u@here.test\0nSUCCESS", "v@far.test\0nNEVER", "w@here.test\0nSUCCESS,FAILURE"])
    seen = s.serve(lambda o, a: "K" if o.kind == "B" or a[0] == "u" else "D")
    check([(o.index, o.action) for o in seen if o.kind == "B"] == [([2], ["F"])], seen)
    check(s.until(lambda: empty(home)), "gone")
open(home + "/control/delaynotice", "w").write("1\n")
s.restart()
i = s.queue("", ["v@far.test\0nDELAY"], when=time.time() - 10)
check([o.kind for o in s.serve("Z")] == ["R"], "no notice of a delay")
check(s.until(lambda: state(home, i) == " "), state(home, i))
E
}

test_nothing_is_written_when_nothing_is_asked() {
  py "no cost" <<'E'
i = s.queue("a@from.test", ["u@here.test\0nFAILURE", "v@here.test\0nDELAY", "w@here.test\0nNEVER", "x@here.test"])
o = [s.must() for _ in range(4)]
s.pump(1.3)
for p in o:
    s.report(p, "K")
check(s.until(lambda: empty(home)), "gone")
check(len(s.lines("delivered")) == 4 and not s.lines("notice"), s.log())
E
}

test_several_actions_in_one_notice() {
  py "mixed" <<'E'
s.unasked = 1
i = s.queue("a@from.test", ["1@far.test\0nSUCCESS,FAILURE", "2@far.test\0nSUCCESS,FAILURE", "u@here.test\0nSUCCESS"])
seen = s.serve(lambda o, a: "D" if a[0] == "1" and o.kind != "B" else "K")
b = [o for o in seen if o.kind == "B"]
check(len(b) == 1 and sorted(zip(b[0].index, b[0].action)) == [(0, "F"), (1, "R"), (2, "S")], seen)
check(len(s.lines("bounce")) == 1 and not s.lines("notice"), s.log())
check(s.until(lambda: empty(home)), "gone")
E
}

test_delay_is_told_once() {
  py "delay" no <<'E'
open(home + "/control/delaynotice", "w").write("100\n")
s.start()
i = s.queue("a@from.test", ["1@far.test\0nDELAY", "2@far.test", "3@far.test\0nSUCCESS"], when=time.time() - 200)
j = s.queue("a@from.test", ["1@far.test\0nDELAY"])              # too young
policy = lambda o, a: "K" if o.kind == "B" else ("Z", b"4.2.2 full")
seen = s.serve(policy)
b = [o for o in seen if o.kind == "B"]
check(len(b) == 1 and b[0].id == i and b[0].rcpt == [(0, b"4.2.2 full")] and b[0].action == ["Y"], seen)
check(s.until(lambda: state(home, i) == "W  "), state(home, i))
check(len(s.lines("notice")) == 1, s.log())
s.restart()
s.signal(signal.SIGALRM)
seen = s.serve(policy)
check(not [o for o in seen if o.kind == "B"] and len(seen) >= 2, "a restart does not repeat it", seen)
check(state(home, i) == "W  ", state(home, i))
s.signal(signal.SIGALRM)
seen = s.serve(lambda o, a: "D" if a[0] == "1" and o.kind != "B" else "K")
b = [(o.bounce, o.index, o.action) for o in seen if o.kind == "B" and o.id == i]
check(b == [(2, [0], ["F"])] or not b, b)
check(s.until(lambda: empty(home)), left(home, "todo"))
E
}

test_delay_is_told_to_all() {
  py "delay for all" no <<'E'
open(home + "/control/delaynotice", "w").write("100\n")
open(home + "/control/delaynoticeall", "w").write("1\n")
s.start()
old = time.time() - 200
i = s.queue("a@from.test", ["1@far.test", "2@far.test\0nDELAY", "3@far.test\0nFAILURE", "4@far.test\0nNEVER"], when=old)
s.queue("", ["5@far.test"], when=old)
s.queue("#@[]", ["6@far.test"], when=old)
b = [o for o in s.serve(lambda o, a: "K" if o.kind == "B" else "Z") if o.kind == "B"]
check([(o.id, sorted(o.index), o.action) for o in b] == [(i, [0, 1], ["Y", "Y"])], b)
check(s.until(lambda: state(home, i) == "WW  "), state(home, i))
E
}

# A list of dead addresses: few bounces, the last about all that are left; each recipient is told once, over a crash too.
test_many_failures_make_few_bounces() {
  py "few bounces" <<'E'
N, failed = 2345, 2340
i = s.queue("a@from.test", ["%d@far.test" % n + ("\0nSUCCESS" if n % 500 == 7 else "") for n in range(N)])
def policy(o, a):
    if o.kind == "B": return "Z" if o.bounce == 10 and not again else "K"
    return "K" if int(a.split("@")[0]) % 500 == 7 else ("D", b"5.1.1 nobody")
again = False
b = [o for o in s.serve(policy, quiet=2) if o.kind == "B"]
check([o.bounce for o in b] == list(range(1, 11)) and all(o.n == 100 for o in b), b)
check([o.rest for o in b] == [0] * 9 + [failed - 1000], [o.rest for o in b])
check(s.until(lambda: s.lines("bounce deferred")), "the last is put off")
s.restart()
s.pump(0.3)
again = True
s.signal(signal.SIGALRM)
c = [o for o in s.serve(policy, quiet=2) if o.kind == "B"]
check([(o.bounce, o.index, o.rest) for o in c] == [(10, b[9].index, failed - 1000)], "the same again", c)
check(s.until(lambda: empty(home)), left(home, "bounce"))
check(" number=10 rcpts=%d " % (failed - 900) in s.lines("bounce")[-1], s.lines("bounce"))
E
}

test_delay_of_a_dead_host() {
  py "dead host" no <<'E'
open(home + "/control/delaynotice", "w").write("100\n")
s.start()
s.queue("a@from.test", ["1@far.test"])
s.report(s.must(), "Z", flags=HOST_DOWN, relay=b"")
s.pump(0.2)
i = s.queue("a@from.test", ["1@far.test\0nDELAY", "2@here.test"], when=time.time() - 200)
seen = s.serve()
b = [o for o in seen if o.kind == "B"]
check(len(b) == 1 and b[0].id == i and b[0].action == ["Y"] and b[0].rcpt[0][1].startswith(b"4.4.1 "), seen)
check(s.until(lambda: state(home, i) == "WK"), state(home, i))
E
}

test_delay_can_be_switched_off() {
  py "no delay notices" no <<'E'
open(home + "/control/delaynotice", "w").write("0\n")
s.start()
i = s.queue("a@from.test", ["1@far.test\0nDELAY"], when=time.time() - 200000)
check([o.kind for o in s.serve("Z")] == ["R"])
E
}

# A delay that could not be told yet, and a recipient that is done meanwhile: only the end of the story is told.
test_delay_that_is_over_before_it_is_told() {
  py "late delay" no <<'E'
open(home + "/control/delaynotice", "w").write("100\n")
s.start()
i = s.queue("a@from.test", ["1@here.test\0nDELAY,SUCCESS", "2@here.test\0nDELAY"], when=time.time() - 200)
seen = s.serve("Z")
check([(o.bounce, o.action) for o in seen if o.kind == "B"] == [(1, ["Y", "Y"])], seen)
check(s.until(lambda: state(home, i) == "YY"), state(home, i))
s.restart()
s.signal(signal.SIGALRM)
seen = s.serve(lambda o, a: "K" if o.kind == "B" or a[0] == "1" else "Z")
check([(o.bounce, o.index, o.action) for o in seen if o.kind == "B"] == [(1, [1], ["Y"]), (2, [0], ["S"])], seen)
check(s.until(lambda: state(home, i) == "KW"), state(home, i))
E
}

# mail-send dies between any two steps of a notice: the notice keeps its number, the delivery its mark.
test_killed_while_reporting_success() {
  py "crash" <<'E'
i = s.queue("a@from.test", ["u@here.test\0nSUCCESS"])
s.report(s.must(), "K", b"2.0.0 done")
b = s.must()
check(b.kind == "B" and state(home, i) == "S", b)
s.restart()
c = s.must()
check((c.kind, c.bounce, c.rcpt, c.action) == (b.kind, b.bounce, b.rcpt, b.action), c)
s.report(c, "Z", b"4.3.0 queue away")
check(s.until(lambda: s.lines("notice")), "put off")
check(s.until(lambda: state(home, i) == "S"), state(home, i))
s.restart()
s.signal(signal.SIGALRM)
c = s.must()
check((c.kind, c.bounce, c.rcpt, c.action) == (b.kind, b.bounce, b.rcpt, b.action), c)
s.report(c, "K")
check(s.until(lambda: empty(home)), left(home, "state"))
E
}

# What the files lost is told in other words.
test_lost_words_of_a_success() {
  py "lost" <<'E'
i = s.queue("a@from.test", ["u@here.test\0nSUCCESS", "v@here.test"])
for _ in range(2):
    s.report(s.must(), "K")
b = s.must()
check(b.kind == "B", b)
s.kill()
os.unlink(path(home, "bounce", i))
s.start()
b = s.must()
check(b.action == ["R"] and b.index == [0] and b.bounce == 2 and b.rcpt[0][1].startswith(b"2.0.0 "), b.rcpt)
s.report(b, "K")
check(s.until(lambda: empty(home)), left(home, "state"))
E
}

# one test alone: its name as the argument
case ${1:-} in test_*) eval "suite() { suite_addTest $1; }" ;; esac
run_tests
