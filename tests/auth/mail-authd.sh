# mail-authd: who logs in, by which mechanism, against the file, a program and Dovecot; who guesses waits
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
log=$SCRATCH/log
AUTHD=61012:61012 MAILD=61001:61001

oneTimeSetUp() {
  has_tls || return 0
  instance "$home" mx.example.org || exit 1
  [ $ROOT = yes ] || { AUTHD=$(id -u):$(id -g); MAILD=$AUTHD; }
  [ $ROOT = no ] || AUTHD=$(awk '$1 == "mailc" { print $2 ":" $3 }' "$home.users")
  for login in joe ann@example.org; do echo "pass of $login" | "$home/bin/mail-newpw" "$login" || exit 1; done
  : > "$log"
  begin
}
# The daemon, with what is in control/ now.
begin() {
  n=$(grep -c ready "$log")
  python3 -S "$stub/authd.py" serve "$home" "$AUTHD" > "$SCRATCH/serve" 2>> "$log" &
  server=$!
  on_exit "kill $server 2>/dev/null"
  wait_for 60 more_than "$n" ready || fail "not ready: $(cat "$log")"
  wait_for 60 grep -q '^pid ' "$SCRATCH/serve"  # what starts it may be slower than it is
  pid=$(sed -n 's/^pid //p' "$SCRATCH/serve")
}
more_than() { [ "$(grep -c -- "$2" "$log")" -gt "$1" ]; }
ends_with() { # STATUS
  wait_for 60 ended "$server" || fail "mail-authd does not end"
  assertEquals "its end" "exit $1" "$(tail -n 1 "$SCRATCH/serve")"
}
end() {
  kill "$pid"
  ends_with 0
}
# SETTING VALUE... - all but me are gone; then the daemon anew
set_to() {
  end
  find "$home/control" -type f ! -name me -delete
  while [ $# -gt 0 ]; do printf '%s\n' "$2" > "$home/control/$1"; shift 2; done
  begin
}
ask() { python3 -S "$stub/authd.py" ask "$home" $MAILD "$@"; }
said() { grep -qF -- "$1" "$log"; }
needs() { need_tls && need python3 python3; }

OK="235 2.7.0 authentication succeeded" NO="D 535 5.7.8 authentication failed"
LATER="Z 454 4.7.0 temporary authentication failure" MALFORMED="D 501 5.5.2 malformed authentication exchange"
JOE="K $OK joe joe@mx.example.org,joe-*@mx.example.org"
ANN="K $OK ann@example.org ann@example.org,ann-*@example.org"

test_extensions_behind_a_delimiter() {
  needs || return 0
  set_to recipientdelimiter +_
  assertEquals "$JOE,joe+*@mx.example.org,joe_*@mx.example.org" "$(ask plain joe 'pass of joe')"
  set_to
}

test_mechanisms() {
  needs || return 0
  assertEquals "PLAIN" "$JOE" "$(ask plain joe 'pass of joe')"
  assertEquals "LOGIN" "$JOE" "$(ask login joe 'pass of joe')"
  assertTrue "a good one is logged" "grep -q 'mail-authd: auth ok ip=[0-9a-f.:]* login=joe mechanism=LOGIN\$' $log"
  assertEquals "SCRAM-SHA-256" "$ANN" "$(ask scram ann@example.org 'pass of ann@example.org')"
  assertEquals "with tls-exporter" "$JOE" "$(ask endpoint=0102 exporter=0304 plus:exporter joe 'pass of joe')"
  assertEquals "with tls-server-end-point" "$JOE" "$(ask endpoint=0102 plus:endpoint joe 'pass of joe')"
  assertEquals "letters' case" "K $OK JOE JOE@mx.example.org,JOE-*@mx.example.org" "$(ask plain JOE 'pass of joe')"
  assertEquals "in steps" "C $(printf '\n%s' "$JOE")" "$(ask start plain resp 'b64:\0joe\0pass of joe')"
  assertEquals "with a name for itself" "$JOE" "$(ask start PLAIN 'b64:joe\0joe\0pass of joe')"
  assertEquals "LOGIN's first line with the command" "C Password: $JOE" \
    "$(ask start LOGIN b64:joe resp 'b64:pass of joe' | xargs)"
}

test_wrong_ones() {
  needs || return 0
  set_to authtries 0
  for how in plain login scram; do
    assertEquals "$how, a wrong password" "$NO" "$(ask ip=192.0.2.33 $how joe wrong)"
    assertEquals "$how, nobody" "$NO" "$(ask ip=192.0.2.33 $how nobody 'pass of joe')"
  done
  assertEquals "another connection's name" "$NO" "$(ask exporter=0304 plus:other joe 'pass of joe')"
  assertEquals "as another" "$NO" "$(ask start PLAIN 'b64:ann\0joe\0pass of joe')"
  assertEquals "stripped" "$NO" "$(ask endpoint=01 start SCRAM-SHA-256 b64:y,,n=joe,r=x)"
  assertEquals "not UTF-8" "$NO" "$(ask start PLAIN 'b64:\0joe\0\xff')"
  for line in 'login=joe mechanism=PLAIN: wrong password' 'login=nobody mechanism=PLAIN: unknown login' \
      'login=joe mechanism=LOGIN: wrong password' 'login=nobody mechanism=SCRAM-SHA-256: unknown login' \
      'login=joe mechanism=SCRAM-SHA-256: wrong password'; do
    assertTrue "$line" "said 'mail-authd: auth failed ip=192.0.2.33 $line'"
  done
  assertFalse "no password in the log" "said 'pass of'"
}

# The salt of a login that is not there stays the same, also after a new start.
test_who_exists_is_not_told() {
  needs || return 0
  salt=1
  export salt
  one=$(ask scram nobody x scram other x scram joe 'pass of joe' | grep -v '^[DK] ')
  set_to authtries 0
  assertEquals "$one" "$(ask scram nobody x scram other x scram joe 'pass of joe' | grep -v '^[DK] ')"
  unset salt
  assertEquals "three salts" 3 "$(echo "$one" | sort -u | wc -l)"
  assertEquals "iterations" 20000 "$(echo "$one" | sed 's/.* //' | sort -u)"
}

test_malformed() {
  needs || return 0
  for line in text:x text:YQ text:YR== 'text:YQ== ' text:-- b64:joe 'b64:\0joe' 'b64:\0\0x' 'b64:\0joe\0' 'b64:\0joe\0x\0y' = ''; do
    assertEquals "PLAIN $line" "$MALFORMED" "$(ask start PLAIN "$line")"
  done
  assertEquals "LOGIN with a NUL byte" "$MALFORMED" "$(ask start LOGIN 'b64:jo\0e')"
  assertEquals "LOGIN without a name" "$MALFORMED" "$(ask start LOGIN =)"
  assertEquals "a password with a NUL byte" "C Password: $MALFORMED" "$(ask start LOGIN b64:joe resp 'b64:x\0y' | xargs)"
  assertEquals "SCRAM" "$MALFORMED" "$(ask start SCRAM-SHA-256 b64:n,,n=joe)"
  assertEquals "a login of 256 bytes" "$MALFORMED" "$(ask start LOGIN "b64:$(printf '%0256d' 0)")"
  assertEquals "the longest line" "$MALFORMED" "$(ask start PLAIN "text:$(printf '%012288d' 0)")"
  assertEquals "names that none may have" "$NO $NO" "$(ask start PLAIN 'b64:\0jo e\0x' start PLAIN 'b64:\0*\0x' | xargs)"
  assertEquals "cancelled" "D 501 5.7.0 cancelled" "$(ask start PLAIN resp '*' | tail -n 1)"
  assertEquals "cancelled behind a name" "D 501 5.7.0 cancelled" "$(ask start LOGIN b64:joe resp '*' | tail -n 1)"
  assertEquals "another mechanism" "D 504 5.5.4 this mechanism is not offered" "$(ask start CRAM-MD5)"
  assertEquals "-PLUS without a name to bind to" "D 504 5.5.4 this mechanism is not offered" "$(ask start SCRAM-SHA-256-PLUS)"
  assertEquals "in clear" "D 538 5.7.11 encryption is required for this" "$(ask flags=0 plain joe 'pass of joe')"
  assertEquals "in clear, where it may be" "$JOE" "$(ask flags=2 plain joe 'pass of joe')"
  for record in 00 0153 0252 0143 0152000000012a 014d00000001; do
    assertEquals "record $record" eof "$(ask raw $record)"
  done
  assertTrue "goes on" "[ -d /proc/$pid ]"
}

test_a_file_that_cannot_be_used() {
  needs || return 0
  set_to authtries 0
  file=$home/users/passwords
  cp -p "$file" "$SCRATCH/saved"
  grep -v '^joe:' "$SCRATCH/saved" > "$file"
  echo 'joe:$6$x$y:SCRAM-SHA-1$1' >> "$file"
  assertEquals "a damaged line" "$LATER" "$(ask plain joe 'pass of joe')"
  assertTrue "is named" "said 'error: users/passwords: not of its form: line 3'"
  assertEquals "others go on" "$ANN" "$(ask plain ann@example.org 'pass of ann@example.org')"
  echo 'joe:$none$:' > "$file"
  assertEquals "a hash of no kind" "$LATER" "$(ask plain joe 'pass of joe')"
  sed 's/^joe:/joe:!/' "$SCRATCH/saved" > "$file"
  assertEquals "a locked one" "$NO $NO" "$(ask plain joe 'pass of joe' scram joe 'pass of joe' | xargs)"
  sed 's/^\(joe:.*\):SCRAM.*/\1:/' "$SCRATCH/saved" > "$file"
  assertEquals "one without keys" "$JOE $NO" "$(ask plain joe 'pass of joe' scram joe 'pass of joe' | xargs)"
  : > "$file"
  assertEquals "an empty one" "$NO" "$(ask plain joe 'pass of joe')"
  rm "$file"
  assertEquals "none" "$LATER" "$(ask plain joe 'pass of joe')"
  assertTrue "is said" "said 'users/passwords is no file that can be read; mail-newpw makes it'"
  mkdir "$file"
  assertEquals "a directory" "$LATER" "$(ask plain joe 'pass of joe')"
  rmdir "$file"
  cp -p "$SCRATCH/saved" "$file"
  assertEquals "as it was" "$JOE" "$(ask plain joe 'pass of joe')"
}

test_who_guesses_waits() {
  needs || return 0
  set_to authtries 3 authwait 600
  set -- plain joe x plain joe x plain joe x
  assertEquals "$NO $NO $NO Z 454 4.7.0 too many failed logins, try again in N seconds" \
    "$(ask ip=192.0.2.7 "$@" plain ann@example.org 'pass of ann@example.org' | sed 's/in \(600\|59[0-9]\|5[0-8][0-9]\) /in N /' | xargs)"
  assertTrue "is logged" "said 'auth delayed ip=192.0.2.7 login=ann@example.org mechanism=PLAIN: too many failed logins'"
  assertEquals "the login waits elsewhere, too" "Z 454 4.7.0 too many failed logins" \
    "$(ask ip=192.0.2.8 scram joe 'pass of joe' | sed 's/, try again in [0-9]* seconds$//')"
  assertEquals "another login from elsewhere does not" "$ANN" \
    "$(ask ip=192.0.2.8 plain ann@example.org 'pass of ann@example.org')"
  set -- plain ann@example.org x plain ann@example.org x plain ann@example.org x
  assertEquals "others cannot lock out who comes from where it came" "$NO $NO $NO $ANN" \
    "$(ask ip=192.0.2.9 "$@" ip=192.0.2.8 plain ann@example.org 'pass of ann@example.org' | xargs)"
  assertEquals "one that breaks off has failed" "Z" \
    "$(ask ip=192.0.2.20 start LOGIN b64:a start SCRAM-SHA-256 b64:n,,n=a,r=x start SCRAM-SHA-256 b64:n,,n=b,r=x \
      start SCRAM-SHA-256 b64:n,,n=c,r=x start LOGIN b64:d sleep 1 plain e x | tail -n 1 | cut -c1)"
}

test_what_a_login_may_send() {
  needs || return 0
  set_to loginsenders "$(printf '%s\n' joe:joe@a.example,@b.example Joe:*@c.example :x@y.example)" \
    loginmessages 2 loginrecipients 10
  assertEquals "its lines" "K $OK joe joe@a.example,@b.example,*@c.example" "$(ask plain joe 'pass of joe')"
  assertEquals "those without one" "K $OK ann@example.org x@y.example" \
    "$(ask plain ann@example.org 'pass of ann@example.org')"
  counted="K 250 2.0.0 counted"
  assertEquals "$counted $counted Z 450 4.7.1 this login may send 2 messages an hour, try again later" \
    "$(ask plain joe 'pass of joe' count 3 count 3 count 3 | sed 1d | xargs)"
  assertEquals "in a new session, in another case" "Z 450 4.7.1 this login may send 2 messages an hour, try again later" \
    "$(ask plain JOE 'pass of joe' count 1 | tail -n 1)"
  assertEquals "recipients" "Z 450 4.7.1 this login may send 10 recipients an hour, try again later $counted" \
    "$(ask plain ann@example.org 'pass of ann@example.org' count 11 count 10 | sed 1d | xargs)"
  assertTrue "is logged" "said 'login over its limit ip=192.0.2.1 login=joe: more in an hour than 2 messages'"
}

test_nobody_else_is_served() {
  needs && need_root || return 0
  assertContains "the folder" "$(python3 -S "$stub/authd.py" ask "$home" $AUTHD plain joe x 2>&1)" "Permission denied"
  chmod 0755 "$home/run/auth"
  for who in 61000:61000 0:0 $AUTHD; do
    assertEquals "$who" eof "$(python3 -S "$stub/authd.py" ask "$home" $who plain joe 'pass of joe' 2>&1)"
  done
  chmod 0750 "$home/run/auth"
  assertTrue "is logged" "said 'refused a caller that is not maild'"
}

test_as_many_as_there_may_be() {
  needs || return 0
  set_to authconnections 2
  busy="Z 454 4.7.0 too many logins at once, try again later"
  assertEquals "$JOE $JOE $busy" \
    "$(ask plain joe 'pass of joe' keep plain joe 'pass of joe' keep plain joe 'pass of joe' | xargs)"
  deafen="PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$stub python3 -S -c 'import desk; [desk.deafen(p) for p in desk.children($pid)]'"
  assertEquals "a process that is not heard any more, and lives, counts" "$busy" \
    "$(ask start LOGIN keep start LOGIN keep sh "$deafen" plain joe 'pass of joe' | tail -n 1)"
  free() { [ "$(ask plain joe 'pass of joe')" = "$JOE" ]; }
  wait_for 60 free || fail "no place after the sessions' ends"
}

test_settings() {
  needs || return 0
  set_to authmechanisms "$(printf '%s\n' PLAIN scram-sha-256-plus)"
  assertEquals "$JOE" "$(ask plain joe 'pass of joe')"
  assertEquals "D 504 5.5.4 this mechanism is not offered" "$(ask start LOGIN)"
  n=$(grep -c 'settings read' "$log")
  echo LOGIN > "$home/control/authmechanisms"
  kill -HUP "$pid"
  wait_for 60 more_than "$n" 'settings read' || fail "no HUP: $(cat "$log")"
  assertEquals "$JOE" "$(ask login joe 'pass of joe')"
  echo nonsense > "$home/control/authmechanisms"
  kill -HUP "$pid"
  wait_for 60 said 'the old settings stay' || fail "$(cat "$log")"
  assertEquals "$JOE" "$(ask login joe 'pass of joe')"
  rm "$home/control/authmechanisms"
  echo 'checkpassword /bin/false' > "$home/control/authbackend"
  kill -HUP "$pid"
  ends_with 0           # and starts anew, with the other backend
  begin
  assertEquals "which counts then" "$NO" "$(ask plain joe 'pass of joe')"
}

test_password_programs() {
  needs || return 0
  cat > "$SCRATCH/program" <<P
#!/usr/bin/env python3
import os, sys, time
login, password, rest = os.read(3, 600).split(b"\\0", 2)
assert rest == b"\\0" and sys.argv[1:] == ["a", "b"], (rest, sys.argv)
assert os.environ["TCPREMOTEIP"] == "192.0.2.1" and "PATH" in os.environ and len(os.environ) <= 4
assert sorted(os.listdir("/proc/self/fd"))[:4] == ["0", "1", "2", "3"]
if login == b"hangs": time.sleep(1000)
if login == b"dies": os.kill(os.getpid(), 9)
if login == b"later": sys.exit(111)
print("says something")
sys.exit(password != b"right one of " + login)
P
  chmod 0755 "$SCRATCH/program"
  set_to authbackend "checkpassword $SCRATCH/program a b" authtimeout 60        # python may take seconds to start
  assertEquals "K $OK joe joe@mx.example.org,joe-*@mx.example.org $NO" \
    "$(ask plain joe 'right one of joe' login joe x | xargs)"
  assertEquals "no SCRAM" "D 504 5.5.4 this mechanism is not offered" "$(ask scram joe x)"
  assertEquals "one that is killed" "$LATER" "$(ask plain dies x)"
  assertTrue "is logged" "said 'error: $SCRATCH/program was killed by signal 9'"
  assertEquals "one that cannot" "$LATER" "$(ask plain later x)"
  assertTrue "is logged" "said 'error: $SCRATCH/program exited 111'"
  assertEquals "more than such a program reads" "$NO" "$(ask plain joe "$(printf '%0600d' 0)")"
  set_to authbackend "checkpassword $SCRATCH/program a b" authtimeout 2
  assertEquals "one that hangs" "$LATER" "$(ask plain hangs x)"
  assertTrue "is logged" "said 'error: $SCRATCH/program took too long'"
  wait_for 60 nobody_of "$SCRATCH/program" || fail "it still runs"
  rm "$SCRATCH/program"
  assertEquals "none" "$LATER" "$(ask plain joe x)"
  assertTrue "is logged" "said 'cannot run $SCRATCH/program'"
  assertTrue "goes on" "[ -d /proc/$pid ]"
}
nobody_of() { ! grep -qsF "$1" /proc/[0-9]*/cmdline; }

# the page's own example
test_a_file_of_htpasswd() {
  needs && need htpasswd apache2-utils || return 0
  sed -n '/^#!\/bin\/sh/,/^\.Ed/p' man/mail-authd.8 | sed 's/\\e/\\/g; /^\.Ed/d' > "$SCRATCH/checkhtpasswd"
  chmod 0755 "$SCRATCH/checkhtpasswd"
  printf '%s' 'pass \of joe ' | htpasswd -icB "$SCRATCH/htpasswd" joe 2> /dev/null
  set_to authbackend "checkpassword $SCRATCH/checkhtpasswd $SCRATCH/htpasswd /bin/true" authtries 0
  assertEquals "$JOE $JOE $NO $NO $NO" "$(ask plain joe 'pass \of joe ' login joe 'pass \of joe ' plain joe 'pass \of joe' \
    plain nobody x plain joe "$(printf '%0300d' 0)" | xargs)"
  rm "$SCRATCH/htpasswd"
  assertEquals "no file" "$LATER" "$(ask plain joe 'pass \of joe ')"
  assertTrue "is logged" "said 'error: $SCRATCH/checkhtpasswd exited 111'"
}

# a server of the protocol that does as the login says
dovecot() {
  cat > "$SCRATCH/dovecot.py" <<'P'
import base64, os, socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o666); s.listen(16)
print("ready", flush=True)
while True:
    c = s.accept()[0]
    if os.fork(): c.close(); continue
    s.close()
    f = c.makefile("rwb")
    f.write(b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\tx\nDONE\n"); f.flush()
    assert f.readline() == b"VERSION\t1\t1\n" and f.readline().startswith(b"CPID\t")
    q = f.readline().rstrip(b"\n").split(b"\t")
    assert q[:4] == [b"AUTH", b"1", b"PLAIN", b"service=smtp"] and q[-1].startswith(b"resp=") and b"rip=192.0.2.1" in q, q
    login, password = base64.b64decode(q[-1][5:]).split(b"\0")[1:]
    if login == b"hangs": time.sleep(1000)
    if login == b"dies": os._exit(0)
    f.write({b"later": b"FAIL\t1\tuser=later\ttemp\n", b"code": b"FAIL\t1\tcode=temp_fail\n",
             b"other": b"OK\t2\tuser=other\n", b"rubbish": b"x" * 9000 + b"\n", b"cont": b"CONT\t1\tYQ==\n",
             b"odd": b"OK\t1\tuser=a b\n", b"alias": b"OK\t1\tuser=joe@d.example\n"}.get(login,
             b"OK\t1\tuser=" + login + b"\n" if password == b"right" else b"FAIL\t1\tuser=" + login + b"\n"))
    f.flush(); c.recv(1); os._exit(0)
P
  rm -f "$SCRATCH/dovecot"
  python3 -S "$SCRATCH/dovecot.py" "$SCRATCH/dovecot" > "$SCRATCH/dovecot.out" 2>&1 &
  fake=$!
  on_exit "kill $fake 2>/dev/null"
  wait_for 60 grep -q ready "$SCRATCH/dovecot.out"
}
test_dovecot() {
  needs || return 0
  dovecot
  set_to authbackend "dovecot $SCRATCH/dovecot" authtimeout 2 authtries 0
  assertEquals "$JOE $JOE $NO" "$(ask plain joe right login joe right plain joe wrong | xargs)"
  assertEquals "its name for who it is" "K $OK joe@d.example joe@d.example,joe-*@d.example" "$(ask plain alias x)"
  for login in later code other rubbish cont odd hangs dies; do
    assertEquals "$login" "$LATER" "$(ask plain $login right)"
  done
  kill $fake
  assertEquals "gone" "$LATER" "$(ask plain joe right)"
  assertTrue "is logged" "said 'cannot connect to $SCRATCH/dovecot'"
  dovecot
  assertEquals "there again" "$JOE" "$(ask plain joe right)"
  kill $fake
  assertTrue "goes on" "[ -d /proc/$pid ]"
}

# Debian's own, in a cage
test_a_real_dovecot() {
  needs && can_run dovecot-core usr/lib/dovecot/auth || return 0
  peer=$SCRATCH/real
  sh "$stub/cage" "$peer" "$UNPACKED" "$stub/peers/dovecot" > "$SCRATCH/real.log" 2>&1 < /dev/null &
  cage=$!
  on_exit "kill -KILL $cage 2>/dev/null"
  wait_for 60 test -S "$peer/cage/auth" || { fail "it does not come up: $(cat "$SCRATCH/real.log" "$peer/cage/log")"; return; }
  set_to authbackend "dovecot $peer/cage/auth" authtries 0
  assertEquals "$JOE $JOE $NO $NO $NO" "$(ask plain joe 'pass of joe' login joe 'pass of joe' plain joe wrong login joe wrong \
    plain nobody 'pass of joe' | xargs)"
  assertEquals "its name for who it is" "$JOE" "$(ask plain JOE 'pass of joe')"
  assertEquals "no SCRAM" "D 504 5.5.4 this mechanism is not offered" "$(ask scram joe 'pass of joe')"
  kill -KILL $cage      # unshare passes no TERM on
  wait $cage 2>/dev/null
  assertEquals "away" "$LATER" "$(ask plain joe 'pass of joe')"
  assertTrue "is logged" "said 'cannot connect to $peer/cage/auth'"
}

test_a_process_that_dies() {
  needs && need_root || return 0
  set_to authtries 0
  assertEquals "killed in the middle" "C eof" \
    "$(ask start PLAIN sh "kill -9 \$(pgrep -P $pid)" resp 'b64:\0joe\0pass of joe' | xargs)"
  wait_for 60 said 'alert: child'       # mail-authd may hear of it later than the client
  assertTrue "is told" $?
  assertEquals "others go on" "$JOE" "$(ask plain joe 'pass of joe')"
  assertEquals "of a fault" "C eof" "$(ask start PLAIN sh "kill -SEGV \$(pgrep -P $pid)" resp 'b64:\0joe\0x' | xargs)"
  ends_with 111         # others shall not find the same layout
  begin
  assertEquals "mail-authd killed: a session learns it" "K $OK joe joe@mx.example.org,joe-*@mx.example.org \
Z 450 4.7.0 this login cannot be counted now, try again later" \
    "$(ask plain joe 'pass of joe' sh "kill -9 $pid" sleep 0.2 count 1 | xargs)"
  ends_with -9
  begin
}

test_a_process_that_is_broken() {
  needs && need_root || return 0
  broken="python3 $stub/authd.py break $home \$(pgrep -P $pid) > $SCRATCH/broken"
  ask start SCRAM-SHA-256 b64:n,,n=joe,r=x sh "$broken" > /dev/null
  assertEquals "is not waited for" "was left" "$(cat "$SCRATCH/broken")"
  assertEquals "others go on" "$JOE" "$(ask plain joe 'pass of joe')"
}

test_end() {
  needs || return 0
  end
  begin
  kill "$server"
  wait_for 60 ended "$pid" || fail "does not end with mail-start"
  begin
  "$home/bin/mail-authd" x 2> /dev/null
  assertEquals "usage" 100 $?
}

# Locked in: what each may call, and that no process of a login can open a file.
test_locked_in() {
  needs && need_root || return 0
  ask plain joe 'pass of joe' sh "for p in $pid \$(pgrep -P $pid); do grep -h Seccomp: /proc/\$p/status; done" \
    > "$SCRATCH/out"
  assertEquals "both with a filter" "2 Seccomp: 2" "$(grep Seccomp "$SCRATCH/out" | uniq -c | xargs)"
}

test_fail2ban_finds_failures() {
  needs || return 0
  regex=$(sed -n 's/^failregex = //p' src/start/fail2ban.conf)
  cat > "$SCRATCH/lines" <<'L'
@400000006920a5a42f1e3c2c mail-authd: auth failed ip=192.0.2.33 login=joe mechanism=PLAIN: wrong password
2026-11-27 10:00:00.000000 mail-authd: auth failed ip=2001:db8::1 login=<> mechanism=x\x20y: not base64
 mail-authd: auth failed ip=192.0.2.34 login=joe mechanism=LOGIN: unknown login
@400000006920a5a42f1e3c2c mail-authd: auth delayed ip=192.0.2.9 login=joe mechanism=PLAIN: no
@400000006920a5a42f1e3c2c mail-authd: auth failed ip=192.0.2.9 login=joe mechanism=x: cancelled by the client
@400000006920a5a42f1e3c2c mail-smtpd: x=mail-authd: auth failed ip=192.0.2.9 login=joe mechanism=PLAIN: x
L
  assertEquals "192.0.2.33 2001:db8::1 192.0.2.34" "$(python3 -S -c 'import re, sys
r = re.compile(sys.argv[1].replace("<HOST>", "([0-9a-f:.]+)"))
print(*[m.group(1) for m in map(r.search, open(sys.argv[2])) if m])' "$regex" "$SCRATCH/lines")"
}

run_tests
