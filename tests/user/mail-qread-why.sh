# mail-qread: what was said of recipients last and what they wait for, as mail-send among fake neighbours leaves it
. "$(dirname "$0")/../lib.sh"
. "$stub/send.sh"

read_queue='
def qread():
    r = subprocess.run([home + "/bin/mail-qread"], capture_output=True, timeout=60)
    check(r.returncode == 0, r)
    return r.stdout.decode(), r.stderr.decode()
def shows(*lines):
    """each a line, in this order, sooner or later: mail-send tells of destinations every few seconds"""
    global out
    def all():
        global out
        s.pump(0.2)
        out = qread()
        return re.search("\n(.*\n)*?".join("^" + l + "$" for l in lines), out[0], re.M)
    check(s.until(all), lines, out)
time_ = r"[ 0-9]\d \w+ \d{4} \d\d:\d\d:\d\d GMT"
'

test_the_last_reply_outlives_mail_send() {
  { printf '%s\n' "$read_queue"; cat <<'E'
i = s.queue("a@from.test", ["u@here.test", "v@far.test", "w@far.test", "x@else.test"])
def policy(o, a):
    return {"u": ("Z", b"4.2.2 full \033[2J\n\377"), "v": ("Z", b"4.7.1 mx answered RCPT TO: 450 4.7.1 " + b"w" * 400),
            "w": "K", "x": ("Z", b"4.4.1 nobody there")}[a[0]]
s.serve(policy)
wanted = (".*  #" + i + "  .*  tried 1, next " + time_ + ".*", r"\tu@here\.test",
          r"    tried 1, last %s, next %s: 4\.2\.2 full \\x1b\[2J\\x0a\\xff" % (time_, time_), r"\tv@far\.test",
          r"    tried 1, last %s, next %s: 4\.7\.1 mx answered RCPT TO: 450 4\.7\.1 w{150,240}" % (time_, time_),
          r"  done\tw@far\.test", r"\tx@else\.test", "    tried 1, .*: 4.4.1 nobody there")
shows(*wanted)
s.restart()
shows(*wanted)
s.signal(signal.SIGALRM)
s.serve(lambda o, a: ("Z", b"4.2.1 now this") if a[0] == "u" else "K")
shows(r"\tu@here\.test", "    tried 2, .*: 4.2.1 now this", "  done\tv@far.test")
check("4.2.2" not in out[0] and "\tw@far.test\n    " not in out[0], out)
check(s.term() == 0)
check("mail-send is not running" in qread()[1], "what nobody does")
j = s.queue("a@from.test", ["y@far.test"], pull=False)
check(qread()[0].endswith("\ty@far.test\n"), "nothing is known of new mail")
E
  } | py "replies"
}

test_why_mail_waits() {
  { printf '%s\n' "$read_queue"; cat <<'E'
def put(name, text): open(home + "/control/" + name, "w").write(text)
put("ratelimits", "slow.test:1\n")
put("virtualdomains", "virtual.test:joe\n")
put("percenthack", "hack.test\n")
put("envnoathost", "slow.test\n")
put("concurrencylocal", "0\n")
s.start()
for a in "u@dead.test", "u@slow.test", "v%slow.test@hack.test", "v", "u@here.test", "u@virtual.test": s.queue("a@from.test", [a])
for o in s.must(), s.must():
    if s.address(o)[0].endswith("dead.test"): s.report(o, [(0, "Z", b"4.4.1 nobody there")], relay=b"", flags=HOST_DOWN)
    else: s.report(o, "K")
shows(r"\tu@dead\.test", r"    tried 1, .*: 4\.4\.1 nobody there",
      "    waits: no host of this domain could be talked to, until " + time_,
      r"\tv%slow\.test@hack\.test", "    waits: control/ratelimits allows no more of this domain, until " + time_,
      r"\tv", "    waits: control/ratelimits allows no more of this domain, until " + time_, r"\tu@here\.test",
      r"    waits: control/concurrencylocal is 0", r"\tu@virtual\.test", "    waits: control/concurrencylocal is 0")
put("concurrencyremote", "0\n")
s.signal(signal.SIGHUP)
shows(r"\tv", "    waits: control/concurrencyremote is 0")
s.kill()
put("concurrencyremote", "1\n")
put("ratelimits", "\n")
s.start()
s.queue("a@from.test", ["w@busy.test"])
s.queue("a@from.test", ["x@busy.test"])
s.signal(signal.SIGALRM)
shows("    waits: 1 of 1 .*deliver.*are under way")
E
  } | py "waits" no
}

run_tests
