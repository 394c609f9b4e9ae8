#!/bin/sh
# what mail-send gives each destination at a time and in a minute: src/send/pace.c and turns.c among fake neighbours

. "$(dirname "$0")/../lib.sh"
. "$stub/send.sh"

test_a_host_gets_as_much_as_it_takes() {
  py "pace" <<'E'
N = 400
for n in range(N): s.queue("a@from.test", ["%d@far.test" % n])
held, done, later = [], 0, 0
def take(n, why):
    while len(held) < n: held.append(s.must(30))
    check(s.order(0.3) is None, why)
def good(n):
    global done
    done += n
    for _ in range(n): s.report(held.pop(0), [(0, "K", b"2.0.0 yes")])
def trouble(n, text):
    global later
    later += n
    for _ in range(n): s.report(held.pop(0), [(0, "Z", text)])
take(5, "few at first")
good(3)
take(8, "more for each that goes well")
good(4)
take(10, "up to concurrencyperhost")
trouble(10, b"4.3.2 mx.test[192.0.2.1]:25 answered MAIL: 421 4.3.2 too much")
take(5, "421 halves it, once a round")
trouble(5, b"4.7.0 mx.test[192.0.2.1]:25 answered RCPT: 450 4.7.0 too fast")
take(2, "4.7.x too")
trouble(2, b"4.4.2 mx.test[192.0.2.1]:25 gave no reply in time to the message")
take(1, "and time-outs")
trouble(1, b"4.2.2 mx.test[192.0.2.1]:25 answered RCPT: 452 4.2.2 full")
take(1, "other trouble does not")
s.queue("a@from.test", ["x@else.test"])
o = s.must(30)
check(s.address(o) == ["x@else.test"] and s.order(0.2) is None, "others are not held up")
s.report(o, "Z")
good(1)
take(2, "it recovers")
good(2)
take(3, "slower than at first")
good(3)
done += len(s.serve("K", quiet=30, seconds=90, most=N - later - done))
check(s.until(lambda: len(s.lines("delivered")) == N - later == done, 30), done, later)
E
}

test_rate_limits() {
  py "rates" no <<'E'
def limits(*lines): open(home + "/control/ratelimits", "w").write("".join(l + "\n" for l in lines))
def anew(): s.signal(signal.SIGHUP); s.signal(signal.SIGALRM)
def exactly(n): return s.serve("K", quiet=30, seconds=60, most=n) + s.serve("K", quiet=0.3)
def count(seen, domain): return sum(1 for o in seen if s.address(o)[0].endswith("@" + domain))
limits("slow.test:4", ".slow.test:6", "junk.test:many", "bare.test", ":\033[1mX")
s.start()
for l in ("junk.test:many", "bare.test", ":"):
    check("error: control/ratelimits must be domain:messages[/connections]; this is not: " + l in s.log(), s.log())
check("\033" not in s.log(), "escaped")
for n in range(30): s.queue("a@from.test", ["%d@slow.test" % n, "%d@sub.slow.test" % n])
for n in range(30): s.queue("a@from.test", ["%d@slow.test" % n])
for n in range(50): s.queue("a@from.test", ["%d@other.test" % n])
for n in range(10): s.queue("a@from.test", ["%d@junk.test" % n])
seen = exactly(70)
check([count(seen, d) for d in ("slow.test", "sub.slow.test", "other.test", "junk.test")] == [4, 6, 50, 10], seen)
s.signal(signal.SIGALRM)
check(s.order(0.5) is None, "ALRM does not lift it")
check(not s.lines("deferred") and not [m for m in (state(home, i) for i in left(home, "todo")) if m not in (None, "K ", " K")],
      "what waits was not tried")
check(s.until(lambda: "tries 0000000000" in "".join(open(path(home, "state", i)).read() for i in left(home, "state")), 30),
      "nor counted")
s.queue("a@from.test", ["u@here.test"])
check([o.kind for o in exactly(1)] == ["L"], "other mail goes on")
limits("slow.test:7")
anew()
seen = exactly(27)
check((count(seen, "slow.test"), count(seen, "sub.slow.test")) == (3, 24), "HUP: some more of one, all of the other", seen)
limits("slow.test:7", "two.test:/2")
anew()
check(s.until(lambda: s.log().count("control/ratelimits has changed") == 2, 30))
for n in range(40): s.queue("a@from.test", ["%d@two.test" % n])
for n in range(20):
    a, b = s.must(30), s.must(30)
    check(s.order(0.05) is None, "two connections, as long as their sessions go on", n)
    for o in a, b: s.report(o, "K", flags=0 if n else CONNECTED)
s.until(lambda: False, 1.7)
i = s.queue("a@from.test", ["x@two.test"])
check(s.order(0.5) is None, "then the next has to wait")
check(s.term() == 0)
s.restart(["-1"])
seen = exactly(8)
check(s.wait(30) == 0 and len(seen) == 8 and left(home, "todo"), "a pass does not wait for another minute", len(seen))
E
}

run_tests
