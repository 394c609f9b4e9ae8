#!/bin/sh
# mail-send among fake neighbours: tests/stub/neighbours.py

. "$(dirname "$0")/../lib.sh"

oneTimeSetUp() {
  home=$SCRATCH/home
  instance "$home" here.test 61300 || exit 1
  printf 'here.test\nlocal.test\n' > "$home/control/locals"
}

# Every test starts with an empty queue and plain settings.
fresh() {
  find "$home/queue" -type f -delete
  for f in concurrencylocal concurrencyremote concurrencyperhost queuelifetime virtualdomains; do rm -f "$home/control/$f"; done
}

# The rest of a test is Python on standard input; s is a running mail-send.
py() { # NAME [no]
  fresh
  {
    echo 'import sys, os, time, signal, struct, re, subprocess'
    echo 'from neighbours import *'
    echo 'home = sys.argv[1]'
    echo "s = Send(home, start='${2:-yes}' == 'yes')"
    cat
    echo 'if s.p and s.p.poll() is None: s.p.kill()'
  } > "$SCRATCH/test.py"
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$stub" timeout 120 python3 "$SCRATCH/test.py" "$home" || fail "$1"
}

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

run_tests
