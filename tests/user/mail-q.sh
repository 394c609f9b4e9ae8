# mail-q: what it shows of a queue that mail-send among fake neighbours leaves, also when what it shows is hostile
. "$(dirname "$0")/../lib.sh"
. "$stub/send.sh"

ask_queue='
import json
def q(*args, **more):
    r = subprocess.run([home + "/bin/mail-q", *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, **more)
    check(not re.search(rb"[\0-\x08\x0b-\x1f\x7f-\xff]", r.stdout + r.stderr) or "--json" in args, r)
    return r
def lists(*args):
    r = q(*args, "--json")
    out = r.stdout.decode().split("\n")
    check(out.pop() == "" and not any(re.search("[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]", l) for l in out), out)
    return r.returncode, [json.loads(l) for l in out]
def ids(*args): return [m["id"] for m in lists(*args)[1]]
'

test_an_empty_queue_and_wrong_words() {
  need_root || return 0
  { printf '%s\n' "$ask_queue"; cat <<'E'
check(q().returncode == 0 and q().stdout == b"the queue is empty\n" and b"mail-qread" in q().stderr, q())
check(q("list", "--postfix").stdout == b"Mail queue is empty\n")
check(lists() == (0, []))
check(q("--to", "a@b").returncode == 1)
for bad in (["foo"], ["show"], ["show", "xyz"], ["hold"], ["delete", "--older", "3"], ["--older", "3x"], ["--larger", "-1"], ["--state", "old"],
            ["hold", "--all", "abcd"], ["--reason", "x"], ["hold", "--all", "--reason", "a\nb"], ["--from", ""], ["--to"],
            ["hold-domain"], ["hold-domain", "a@b"], ["list", "--yes"], ["hold", "--json=1", "--all"], ["show", "--raw", "abcd"],
            ["delete", "--from", "a@b", "--newer", "0s"], ["delete", "--from", "a@b", "--smaller", "0"],
            ["delete", "--from", "a@b", "--state", ""]):
    r = q(*bad)
    if bad == ["delete", "--older", "3"]: check(r.returncode == 111 and b"start the service" in r.stderr, r)
    else: check(r.returncode == 100 and r.stderr and not r.stdout, bad, r)
r = q("hold", "--all")
check(r.returncode == 111 and b"nobody answers" in r.stderr and b"/service/send" in r.stderr, r)
r = q(user=4321, group=4321, extra_groups=[])
check(r.returncode == 100 and b"only root and members of the group" in r.stderr, r)
r = q("show", "--message", "abcd", user=4321, group=4321, extra_groups=[])
check(r.returncode == 100 and b"only root" in r.stderr, r)
for words, code, says in (("list <&-", 0, b"queue is empty"), ("list <&- 4<&1", 0, b"queue is empty"), ("delete - <&-", 111, b"nothing was done"),
                          ("list 1>&-", 111, b"cannot write"), ("list <&- 2>&-", 0, b"queue is empty")):
    r = subprocess.run(["sh", "-c", "exec %s/bin/mail-q %s" % (home, words)], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    check(r.returncode == code and says in r.stdout + r.stderr, words, r)
r = subprocess.run([home + "/bin/mail-q", "delete", "-"], input=b"no ID\n", capture_output=True, timeout=60)
check(r.returncode == 100 and b"nothing was done" in r.stderr, r)
r = q("--help")
check(r.returncode == 0 and b"--dry-run" in r.stdout)
E
  } | py "empty" no
}

test_what_is_shown_of_hostile_mail() {
  need_root || return 0
  { printf '%s\n' "$ask_queue"; cat <<'E'
hostile = "\033[2J\"\\<u>\t\x7f\u202e\u2028\u200b@\u00e4.test"
i = s.queue("evil\n\033]0;x\a@from.test", ["u@here.test", hostile, "w@far.test"])
j = s.queue("", ["v@far.test"], when=time.time() - 7200)
def policy(o, a):
    return {"u": ("Z", b"4.2.2 full \033[2J\n\377\302\205"), hostile[0]: ("Z", b"4.4.1 mx.bad.test said no"), "w": "K",
            "v": ("Z", b"4.7.1 greylisted")}[a[0]]
s.serve(policy)
def told(): return [r.get("tries") for m in lists()[1] for r in m["recipients"]] == [1, 1, 1, None]
check(s.until(lambda: s.pump(0.1) or told()), lists())
code, all_ = lists()
check(code == 0 and [m["id"] for m in all_] == [j, i], all_)
m = all_[1]
check(m["state"] == "waiting" and m["sender"] == "evil\n\033]0;x\a@from.test" and m["tries"] == 1 and m["next"] > time.time(), m)
r = m["recipients"]
check([x["address"] for x in r] == ["u@here.test", hostile, "w@far.test"], r)
check([x["state"] for x in r] == ["todo", "todo", "delivered"] and [x["channel"] for x in r] == ["local", "remote", "remote"], r)
check(r[0]["reply"] == "4.2.2 full \033[2J\n\ufffd\ufffd\ufffd" and bytes.fromhex(r[0]["reply_hex"]) == b"4.2.2 full \033[2J\n\377\302\205", r[0])
check("reply_hex" not in r[1] and r[2]["host"] == "far.test", r)
for args in [], ["show", i], ["list", "--postfix"]:
    r = q(*args)
    check(r.returncode == 0 and br"4.2.2 full \x1b[2J\x0a\xff" in r.stdout and br"evil\x0a\x1b]0;x\x07@from.test" in r.stdout, args, r)
postfix = q("list", "--postfix").stdout.decode().splitlines()
check(re.fullmatch("-+Queue ID-+ --Size-- -+Arrival Time-+ -+Sender/Recipient-+", postfix[0]), postfix)
check(re.fullmatch(j + r" +\d+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d +MAILER-DAEMON", postfix[1]), postfix)
check(re.fullmatch(r" +\(4\.7\.1 greylisted\)", postfix[2]) and re.fullmatch(" +v@far.test", postfix[3]) and not postfix[4], postfix)
check(re.fullmatch(r"-- \d+ Kbytes in 2 Requests\.", postfix[-1]) and not any("w@far" in l for l in postfix), postfix)
check(subprocess.run([home + "/bin/sendmail", "-bp"], capture_output=True).stdout.decode().splitlines() == postfix)
show = q("show", i[-9:]).stdout.decode()
check(re.search(r"state    waiting, tried 1 time, next try .* GMT", show) and "w@far.test  done" in show, show)
for sel, want in ((["--from", "<>"], [j]), (["--from", "*@FROM.test"], [i]), (["--to", "@here.test"], [i]), (["--to", "w@far.test"], []),
                  (["--domain", "Far.test."], [j]), (["--reply", "FULL"], [i]), (["--host", "mx.bad.test"], [i]), (["--host", "far.test"], [j]),
                  (["--older", "1h"], [j]), (["--newer", "1h"], [i]), (["--larger", "1"], [j, i]), (["--larger", "1g"], []),
                  (["--state", "waiting,held"], [j, i]), (["--state", "new"], []), (["--id", i[:20] + "*"], [i]), ([i, j], [i, j]),
                  ([i, "--from", "<>"], []), (["--to", "*" + hostile[3:].upper().replace("\u00c4", "\u00e4")], [i])):
    check(ids(*sel) == want, sel, want, ids(*sel))
check(lists("--to", "x@y")[0] == 1)
r = q("hold", "--to", "@here.test", "--dry-run")
check(r.returncode == 0 and r.stdout.startswith(b"this would be for mail-q hold:") and i.encode() in r.stdout, r)
put = lambda x, b: (open(home + "/queue/mess/%s/%s" % (x[6:8], x), "wb").write(b))
put(i, b"Subject: \033[2Jx\r\n\377\n\nbody\007\n\nmore\n")
check(q("show", "--header", i).stdout == b"Subject: \\x1b[2Jx\\x0d\n\\xff\n", q("show", "--header", i))
check(q("show", "--message", i[-9:]).stdout.endswith(b"\nbody\\x07\n\nmore\n"))
raw = subprocess.run([home + "/bin/mail-q", "show", "--message", "--raw", i], capture_output=True)
check(raw.stdout == b"Subject: \033[2Jx\r\n\377\n\nbody\007\n\nmore\n", raw)
open(home + "/queue/todo/%s/%s" % (j[6:8], j), "wb").write(b"damaged")
check([m["state"] for m in lists()[1]] == ["damaged", "waiting"] and ids("--state", "damaged") == [j] and ids("--from", "*") == [i], lists())
check(b"damaged" in q("show", j).stdout)
width = subprocess.run(["script", "-qec", "stty cols 60; exec " + home + "/bin/mail-q", "/dev/null"], capture_output=True, timeout=60)
check(all(len(l) <= 61 for l in width.stdout.decode().splitlines() if "warning" not in l) and b">\r\n" in width.stdout, width)
E
  } | py "hostile"
}


# A hostile reason and domain: in ASCII for people and in the log, whole for programs.
plain_everywhere() {
  for command in 'mail-q list' "mail-q show $x" 'mail-q domains' 'mail-q list --postfix' 'sendmail -bp' mail-qread mail-qhosts; do
    # shellcheck disable=SC2086
    "$home"/bin/$command > "$SCRATCH/out" 2>&1
    assertEquals "$command" "" "$(LC_ALL=C tr -d '\t\n -~' < "$SCRATCH/out")"
    case $command in *list|*show*|*domains|mail-qread) assertTrue "$command" "grep -qF '\\xe2\\x80\\xaeb' $SCRATCH/out" ;; esac
  done
  wait_for 60 grep -qF 'reason=mine:\x20"a"\x20\x5c\x20\xe2\x80\xaeb' "$home/log/send/current" || fail "the log"
  for command in "list" "domains"; do
    q $command --json > "$SCRATCH/out"
    assertFalse "$command --json" "grep -q '$(printf '\342\200\256')' $SCRATCH/out"
    assertEquals "$command --json" "$reason" "$(python3 -S -c 'import json, sys
for line in sys.stdin:
    held = json.loads(line)["held"]
    if held and held["reason"].startswith("mine"): print(held["reason"])' < "$SCRATCH/out" | sort -u)"
  done
}


# --- a live instance: services, a host that does as told, and one that is dead

live() {
  mailbox "$home" ann 61050
  "$home/bin/mail-newu" || return 1
  echo virtual.test:ann > "$home/control/virtualdomains"
  echo ./Maildir/ > "$home/people/ann/.qmail-any"
  mkdir -p "$SCRATCH/sink"
  echo "rcpt:later@sink.test=451 4.2.1 not now" > "$SCRATCH/script"
  python3 -S "$stub/smtpsink.py" "$SCRATCH/sink" 127.0.0.1 "@$SCRATCH/script" &
  on_exit "kill $!"
  wait_for 60 test -s "$SCRATCH/sink/port" || return 1
  printf '%s\n' ":127.0.0.1:$(cat "$SCRATCH/sink/port")" "dead.test:127.0.0.1:$(free_port 2800)" \
    > "$home/control/smtproutes"
  supervise_start "$SCRATCH" "$home/service/queue" "$home/service/send"
  on_exit "supervise_stop $SCRATCH"
  wait_for 60 test -S "$home/run/desk/desk" && wait_for 60 test -S "$home/run/queue"
}
q() { "$home/bin/mail-q" "$@"; }
as_operator() {
  setpriv --reuid 4321 --regid "$(awk '$1 == "mailo" { print $3 }' "$home.users")" --clear-groups "$@"
}
post() { printf 'Subject: x\n\nx\n' | "$home/bin/sendmail" -f ann@here.test "$1"; } # TO
says() { q show "$1" 2> /dev/null | grep -q "$2"; } # ID WORDS
is() { [ "$(q "--$1" "$2" --json | wc -l)" = "${3:-1}" ]; } # SELECTOR VALUE [HOW MANY]
id_to() { q --to "$1" --json | sed -n 's/^{"id":"\([^"]*\)".*/\1/p'; }
# ANSWER WORD... : mail-q at a terminal, and somebody who gives that answer to its question
at_a_terminal() {
  python3 -S - "$home/bin/mail-q" "$@" << 'P'
import os, pty, sys
pid, fd = pty.fork()
if not pid: os.execv(sys.argv[1], [sys.argv[1]] + sys.argv[3:])
said = b""
while True:
    try: more = os.read(fd, 1000)
    except OSError: break
    if not more: break
    if b"[y/N]" in said + more and b"[y/N]" not in said: os.write(fd, sys.argv[2].encode() + b"\n")
    said += more
os.waitpid(pid, 0)
sys.stdout.buffer.write(said)
P
}
sender() { pgrep -f "^$home/bin/mail-send"; }
is_another() { [ "$(sender | wc -l)" = 1 ] && [ "$(sender)" != "$1" ] && q > /dev/null 2>&1; }
none_is_left() { [ "$(q)" = "the queue is empty" ]; }
told() { grep -rq "$1" "$home/people/ann/Maildir/new"; }
ended_well() { assertEquals "$*" 0 $?; }
logged() { grep -q "mail-send: $1" "$home/log/send/current"; }

test_orders_to_a_live_queue() {
  need_root || return 0
  fresh
  live || { fail "no live instance: $(tail "$home/log/send/current")"; return; }
  q hold-domain Sink.Test --reason 'wait a bit' > /dev/null; ended_well hold-domain
  post x@sink.test
  post u@dead.test
  wait_for 60 is state held || fail "what goes to a held domain is held: $(q)"
  x=$(id_to x@sink.test)
  says "$x" 'the domain is held by root, uid 0 since .*: wait a bit' || fail "who holds it: $(q show "$x")"
  assertContains "domains" "$(q domains)" "sink.test  held by root"
  u=$(id_to u@dead.test)
  wait_for 60 says "$u" 'waits: no host of this domain could be talked to' || fail "dead: $(q show "$u")"
  reason=$(printf 'mine: "a" \\ \342\200\256b')        # with a quote, a backslash and one that turns the direction
  as_operator "$home/bin/mail-q" hold "$x" --reason "$reason" > /dev/null; ended_well hold
  q hold-domain "$(printf '"\\\342\200\256.test')" --reason "$reason" > /dev/null; ended_well hold-domain
  plain_everywhere
  q release-domain "$(printf '"\\\342\200\256.test')" > /dev/null; ended_well release-domain
  q release-domain sink.test > /dev/null; ended_well release-domain
  before=$(sender)
  svc -t "$SCRATCH/service/home-send"
  wait_for 60 is_another "$before"      # mail-send is there before mail-desk calls it
  wait_for 60 says "$x" 'held by  uid 4321 since .*: mine' || fail "held over a restart: $(q show "$x")"
  assertEquals "an orderly end is no trouble" "" "$(grep -E 'is gone| exited ' "$home/log/send/current")"
  q retry "$x" > /dev/null 2> "$SCRATCH/err"
  assertEquals "what is held is not tried: $(cat "$SCRATCH/err")" 2 $?
  assertFalse "nothing came" "[ -e $SCRATCH/sink/msg.1 ]"
  q release "${x#????????}" > /dev/null; ended_well release
  wait_for 60 test -e "$SCRATCH/sink/msg.1" || fail "it is delivered: $(q show "$x")"
  wait_for 60 is to x@sink.test 0 || fail "and done: $(q)"
  q release "$x" > /dev/null 2> "$SCRATCH/err"
  assertEquals "it is no more" 1 $?

  post later@sink.test
  wait_for 60 is reply 'not NOW' || fail "put off: $(q)"
  q list --postfix | grep -q '(4.2.1 .*not now)' || fail "its reason: $(q list --postfix)"
  : > "$SCRATCH/script"
  wait_for 60 no_remotes "$home" || fail "a connection is still open"
  as_operator "$home/bin/sendmail" -qRlater@; ended_well sendmail -qR
  wait_for 60 is to later@sink.test 0 || fail "tried at once: $(q; grep later "$home/log/send/current")"

  q expire --host dead.test --reason 'their host is gone' > /dev/null; ended_well expire
  wait_for 60 told 'host is gone' || fail "its sender is told why: $(cat "$home"/people/ann/Maildir/new/*)"
  wait_for 60 none_is_left || fail "given up: $(q)"
  post v@dead.test
  wait_for 60 is state waiting || fail "put off: $(q)"
  q delete --from '*' --to v@dead.test > /dev/null; ended_well delete
  none_is_left || fail "it is not shown any more: $(q)"
  told 'v@dead.test' && fail "nobody is told of what was deleted"
  for word in 'hold .*uid=4321' 'release .*name=root' 'expire .*uid=0' 'delete .*uid=0'; do
    wait_for 60 logged "$word" || fail "the log has who did it: $word: $(grep 'uid=' "$home/log/send/current")"
  done
  as_operator "$home/bin/mail-q" show --message "$x" 2> /dev/null
  assertEquals "messages are root's alone" 100 $?

  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21; do post "n$i@dead.test"; done
  wait_for 60 is to 'n*@dead.test' 21
  q delete --all > /dev/null 2> "$SCRATCH/err" < /dev/null
  assertEquals "more than 20 want a yes" 100 $?
  assertContains "which the message says" "$(cat "$SCRATCH/err")" --yes
  assertContains "a person is asked" "$(at_a_terminal n hold --all)" 'nothing was done'
  is state held 0 || fail "held, though the answer was no: $(q)"
  assertContains "and may say yes" "$(at_a_terminal y hold --all)" 'hold 21 messages?'
  is state held 21 || fail "held: $(q)"
  q list --postfix | awk '/^[0-9a-f]/ { print $1 }' | sed 's/!$//' | q delete - --yes > /dev/null; ended_well "IDs from standard input"
  none_is_left || fail "all are gone: $(q)"
}

letter() { # SUBJECT TO...
  subject=$1
  shift
  printf 'Subject: %s\n\nx\n' "$subject" | "$home/bin/sendmail" -f ann@here.test "$@"
}
here() { [ "$(cat "$home"/people/ann/Maildir/new/* 2> /dev/null | grep -c "^Subject: $1")" = "${2:-1}" ]; }  # SUBJECT [HOW MANY]
away() { [ "$(cat "$SCRATCH"/sink/msg.* 2> /dev/null | grep -c "^Subject: $1")" = "${2:-1}" ]; }     # the smarthost has it

test_held_domains_local_virtual_and_behind_a_smarthost() {
  need_root || return 0
  [ -e "$SCRATCH/svscan.pid" ] || { fresh && live; }    # else that of the test before
  none_is_left || { fail "no live instance that is empty: $(q)"; return; }
  rm -f "$home"/people/ann/Maildir/new/*
  q hold-domain Here.Test virtual.test far.test > /dev/null; ended_well hold-domain
  letter local ann@HERE.test
  letter virtual any@Virtual.test
  letter far u@far.test
  letter mixed ann@here.test v@other.test
  letter twice ann@local.test v@far.test
  wait_for 60 away mixed && wait_for 60 here twice || fail "who is in another domain gets it: $(q)"
  wait_for 60 is state held 5 || fail "the others wait: $(q)"
  q show "$(id_to any@virtual.test)" | grep -q 'the domain is held by root' || fail "why: $(q show "$(id_to any@virtual.test)")"
  svc -t "$SCRATCH/service/home-send"
  letter after w@other.test
  letter again ann@here.test any@virtual.test w@far.test x@other.test
  wait_for 60 away after && wait_for 60 away again || fail "mail goes on: $(q)"
  wait_for 60 is state held 6 || fail "held after a restart, too: $(q)"
  here . 1 && away far 0 || fail "nothing else came: $(cat "$home"/people/ann/Maildir/new/*)"
  q release-domain virtual.test > /dev/null; ended_well release-domain
  wait_for 60 here virtual && wait_for 60 here again || fail "a virtual domain goes on: $(q)"
  wait_for 60 is state held 5 && here local 0 && away far 0 || fail "the others do not: $(q)"
  assertEquals "one that was never held" "0 domains released, 1 not held" "$(q release-domain nodomain.example)"
  q release-domain nodomain.example > /dev/null
  assertEquals 1 $?
  q release-domain here.test far.test > /dev/null; ended_well release-domain
  wait_for 60 none_is_left || fail "all go on: $(q)"
  here local && here mixed && here again 2 && away far && away twice && away again 2 || fail "each came once"
  here . 6 || fail "nobody was told of a failure: $(cat "$home"/people/ann/Maildir/new/*)"
}

run_tests
