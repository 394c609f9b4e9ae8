# mail-transport, started by mail-rspawn, with programs that are good, bad, slow, silent, noisy or dead

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
made=$SCRATCH/made      # what programs write

oneTimeSetUp() {
  instance "$home" me.test || exit 1
  uid=$(awk '$1 == "mailr" { print $2 }' "$home.users")
  echo 60 > "$home/control/timeoutremote"
  echo 1 > "$home/control/timeoutconnect"
  echo 127.0.0.1:1 > "$home/control/dnsservers"
  mkdir "$made"
  chmod 777 "$made"
  printf 'Subject: test\n\n.text\n' > "$SCRATCH/m"
}

# Writes a program; what it does is on standard input.
program() { # NAME
  { printf '#!/bin/sh\nmade=%s\n' "$made"; cat; } > "$SCRATCH/$1"
  chmod 755 "$SCRATCH/$1"
}
transport() { printf '%s\n' "$@" > "$home/control/transports"; }
rspawn() { timeout 100 python3 -S "$stub/jobs.py" "$uid" "$home/bin/mail-rspawn" > "$SCRATCH/out" 2>&1; }
job() { echo "job $1 ${message:-$SCRATCH/m} ${sender:-from@a.test} $2"; echo "wait $1"; }
one() { { job 1 "$*"; echo nojobs; echo exit; } | rspawn; }
said() { grep -q -e "$1" "$SCRATCH/out" || { echo "# not said: $1"; cat "$SCRATCH/out"; return 1; }; }
results() { awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs; }

test_what_a_program_gets() {
  program p <<'P'
{ printf '%s|' "$@"; pwd; env | sort | xargs; } >> "$made/args"
cat >> "$made/message"
ls -l "/proc/$$/fd" > "$made/fds"
grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status > "$made/status"
for p in self $PPID; do sed -n 's/^Max \(open files\|address space\) *\([^ ]*\).*/\2/p' "/proc/$p/limits"; done > "$made/limits"
printf 'r\0r\0K2.6.0 queued as 1\0'
P
  transport "x.test:program:$SCRATCH/p -v  two"
  { job 1 'a@x.test -b@X.TEST'; job 2 'c@x.test d@x.test'; echo nojobs; echo exit; } | rspawn
  assertEquals 'K K K K' "$(results)"
  assertTrue 'text' "said '^rcpt 1 1 K 2.6.0 $SCRATCH/p: queued as 1 (unasked)$'"
  assertTrue 'relay' "said '^report 2 4 $SCRATCH/p$'"
  assertTrue 'which is not for strangers' "said '^told 1 1 2.6.0 the next program: queued as 1$'"
  assertTrue 'exit' "said '^exit 0$'"
  assertEquals 'arguments, folder, environment' "-v|two|x.test|from@a.test|a@x.test|-b@X.TEST|$home
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PWD=$home
-v|two|x.test|from@a.test|c@x.test|d@x.test|$home
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PWD=$home" "$(cat "$made/args")"
  assertEquals 'the message' "$(cat "$SCRATCH/m" "$SCRATCH/m" | cksum)" "$(cksum < "$made/message")"
  assertEquals 'descriptors of its own alone' '0 1 2' "$(awk '/ -> / && $9 < 10 { print $9 }' "$made/fds" | xargs)"
  assertEquals 'files and memory: as before, and those of mail-transport' "$(sed -n \
    's/^Max \(open files\|address space\) *\([^ ]*\).*/\2/p' /proc/$$/limits | xargs) 16 67108864" "$(xargs < "$made/limits")"
  assertEquals 'not locked in' '0 0' "$(awk '{ print $2 }' "$made/status" | xargs)"
}

test_senders_and_recipients() {
  program p <<'P'
[ "$1 $3" != 'x.test joe@me.test' ] || exit 1
printf '%s|' "$@" >> "$made/senders"
shift 2
for r; do printf 'r\0'; done
printf 'K\0'
P
  transport "x.test:program:$SCRATCH/p" "me.test:program:$SCRATCH/p"
  { sender='<>' job 1 a@x.test; sender='#@[]' job 2 a@x.test; sender=list-@h.test-@[] job 3 'a@x.test b@x.test'
    job 4 joe; echo nojobs; echo exit; } | rspawn
  assertEquals 'K K K K K' "$(results)"
  assertEquals 'x.test||a@x.test|x.test||a@x.test|x.test|list-a=x.test@h.test|a@x.test|x.test|list-b=x.test@h.test|b@x.test|me.test|from@a.test|joe@me.test|' \
    "$(cat "$made/senders")"
  rm "$made/senders"
  echo 'x.test:2' > "$home/control/remoterecipients"
  one a@x.test b@x.test c@x.test
  rm "$home/control/remoterecipients"
  assertEquals 'x.test|from@a.test|a@x.test|b@x.test|x.test|from@a.test|c@x.test|' "$(cat "$made/senders")"
  assertEquals 'K K K' "$(results)"
}

# The results of three recipients of a program in sh.
gives() { # WANT PROGRAM [TEXT-OF-THE-THIRD]
  printf '%s\n' "$2" | program p
  one a@x.test b@x.test c@x.test
  assertEquals "$2" "$1" "$(results)"
  assertTrue "exit" "said '^exit 0$'"
  [ -z "${3:-}" ] || assertTrue "$3" "said '^rcpt 1 2 $3'"
}

test_reports() {
  transport ":program:$SCRATCH/p"
  gives 'K D Z' "printf 'r\\0h5.1.1 nobody\\0sbusy\\0Kok\\0'" "Z 4.0.0 $SCRATCH/p: busy$"
  gives 'D D D' "printf 'D5.1.2 no such host\\0'" "D 5.1.2 $SCRATCH/p: no such host$"
  gives 'K Z Z' "printf 'r\\0Kok\\0'" 'Z 4.3.0 .* said nothing about this recipient$'
  gives 'Z Z Z' 'echo done' 'Z 4.3.0 .*did not report in the form of qmail-remote$'
  gives 'Z Z Z' : 'Z 4.3.0 .*did not report'
  gives 'Z Z Z' "printf 'r\\0r\\0r\\0Kok\\0'; exit 100" "Z 4.3.0 $SCRATCH/p exited 100; .*duplicate$"
  gives 'Z Z Z' "printf 'r\\0r\\0r\\0Kok\\0'; kill -SEGV \$\$" "Z 4.3.0 $SCRATCH/p was killed by signal 11; "
  gives 'Z Z Z' 'exec yes' "Z 4.3.0 $SCRATCH/p said too much; "
}

test_programs_that_cannot_be_run() {
  : > "$SCRATCH/plain"
  transport "x.test:program:$SCRATCH/none" "y.test:program:$SCRATCH/plain" 'z.test:program:relative'
  { job 1 a@x.test; job 2 a@y.test; job 3 a@z.test; } | rspawn
  assertTrue 'missing' "said '^rcpt 1 0 Z 4.3.0 $SCRATCH/none exited 111'"
  assertTrue 'told' "said 'mail-transport: cannot run $SCRATCH/none: No such file or directory'"
  assertTrue 'no program' "said '^rcpt 2 0 Z 4.3.0 $SCRATCH/plain exited 111'"
  assertTrue 'no line' "said '^rcpt 3 0 Z 4.3.5 z.test has a line in control/transports that cannot be understood$'"
}

test_a_program_that_never_reads() {
  message=$SCRATCH/large
  head -c 2000000 /dev/zero | tr '\0' x > "$message"
  transport "x.test:program:$SCRATCH/p"
  gives 'K K K' "printf 'r\\0r\\0r\\0K\\0'"
  message=
}

test_a_program_that_hangs() {
  program p <<'P'
printf 'r\0Kok\0'
sleep 600 & echo $! > "$made/pid.new"
mv "$made/pid.new" "$made/pid"
wait
P
  transport "x.test:program:$SCRATCH/p"
  echo 1 > "$home/control/timeoutremote"
  one a@x.test
  echo 60 > "$home/control/timeoutremote"
  assertTrue 'too long' "said '^rcpt 1 0 Z 4.4.7 $SCRATCH/p took too long; .*duplicate$'"
  wait_for 30 ended "$(cat "$made/pid")" || fail 'its child lives on'
}

test_a_program_that_hangs_in_another_group() {
  program p <<'P'
exec python3 -S -c '
import os, time
os.setpgid(0, os.getpgid(os.getppid()))
print("r\0Kok\0", end="", flush=True)
time.sleep(600)'
P
  transport "x.test:program:$SCRATCH/p"
  echo 3 > "$home/control/timeoutremote"
  one a@x.test
  echo 60 > "$home/control/timeoutremote"
  assertTrue 'too long' "said '^rcpt 1 0 Z 4.4.7 $SCRATCH/p took too long; .*duplicate$'"
}

test_what_a_program_leaves_behind() {
  program p <<'P'
sleep 600 & echo $! > "$made/pid"
printf 'r\0Kok\0'
P
  transport "x.test:program:$SCRATCH/p"
  one a@x.test
  assertTrue 'it holds up nothing' "said '^rcpt 1 0 K 2.0.0 $SCRATCH/p: ok'"
  wait_for 30 ended "$(cat "$made/pid")" || fail 'it lives on'
}

# the same job, with numbers from NUMBER on, until it is delivered: mail-rspawn does not tell when it has had its HUP
until_done() { # NUMBER RCPT
  try=$1
  while [ "$try" -lt $(($1 + 300)) ]; do
    job "$try" "$2"
    wait_for 60 grep -q "^rcpt $try 0 " "$SCRATCH/out"
    grep -q "^rcpt $try 0 K" "$SCRATCH/out" && return
    try=$((try + 1))
    sleep 0.1
  done
}

test_settings_are_read_anew() {
  program p <<'P'
printf 'r\0Kok\0'
P
  transport "x.test:program:$SCRATCH/p"
  { job 1 a@x.test; job 2 a@y.test; echo "write $home/control/transports y.test:program:$SCRATCH/p"; echo 'signal HUP'
    until_done 100 a@y.test; job 3 a@x.test; } | rspawn
  assertTrue 'x had one' "said '^rcpt 1 0 K'"
  assertTrue 'y had none' "said '^rcpt 2 0 Z'"
  assertTrue 'now y has it' "said '^rcpt 1[0-9]* 0 K'"
  assertTrue 'and not x' "said '^rcpt 3 0 Z'"
  rm "$home/control/transports"
  { job 1 a@x.test; echo "write $home/control/transports x.test:program:$SCRATCH/p"; echo 'signal HUP'
    wait_for 60 grep -q 'transports is new' "$SCRATCH/out"; job 2 a@x.test; } | rspawn
  assertTrue 'told' "said 'mail-rspawn: control/transports is new'"
  assertTrue 'later' "said '^rcpt 2 0 Z 4.3.5 the way to this domain is new, and waits for a new start of the service$'"
}

test_a_unix_socket() {
  mkdir "$SCRATCH/sink"
  python3 -S "$stub/smtpsink.py" "$SCRATCH/sink" "$SCRATCH/sink/lmtp" & on_exit "kill $!"
  wait_for 60 test -f "$SCRATCH/sink/port"
  echo ':127.0.0.1:1' > "$home/control/smtproutes"
  transport "x.test:lmtp:$SCRATCH/sink/lmtp"
  { job 1 a@x.test; job 2 b@y.test; echo "write $home/control/transports :lmtp:$SCRATCH/sink/lmtp"
    job 3 b@z.test; echo 'signal HUP'; until_done 100 b@y.test; } | rspawn
  rm "$home/control/smtproutes"
  assertTrue 'x' "said '^rcpt 1 0 K 2.0.0 $SCRATCH/sink/lmtp answered the message'"
  assertTrue 'y is not there' "said '^rcpt 2 0 Z 4.4.1 127.0.0.1'"
    assertTrue 'mail-rspawn does not know it' "said '^rcpt 3 0 Z 4.4.1 $SCRATCH/sink/lmtp .*(send it HUP)$'"
  assertTrue 'of which strangers hear nothing' "said '^told 3 0 4.4.1 the next host cannot be connected to$'"
  assertTrue 'now it does' "said '^rcpt 1[0-9]* 0 K'"
}

hold() {
  rm -f "$made/pid"
  program p <<'P'
echo $$ > "$made/pid.new"
mv "$made/pid.new" "$made/pid"
exec sleep 600
P
  transport "x.test:program:$SCRATCH/p"
}
holds() { wait_for 30 test -f "$made/pid"; }

test_mail_rspawn_dies() {
  hold
  { echo "job 1 $SCRATCH/m from@a.test a@x.test"; holds; echo 'signal KILL'; echo exit; } | rspawn
  wait_for 30 ended "$(cat "$made/pid")" || fail 'the program lives on'
}

test_mail_transport_dies() {
  hold
  program q <<'P'
printf 'r\0Kok\0'
P
  transport "x.test:program:$SCRATCH/p" "y.test:program:$SCRATCH/q"
  { job 1 a@y.test; echo "job 2 $SCRATCH/m from@a.test a@x.test"; holds; echo kill; kill "$(cat "$made/pid")"
    echo wait 2; echo exit; } | rspawn
  assertTrue 'before' "said '^rcpt 1 0 K'"
  assertTrue 'what is under way is finished' "said '^rcpt 2 0 Z 4.3.0 $SCRATCH/p was killed by signal 15'"
  assertTrue 'told' "said 'mail-rspawn: lost mail-transport'"
  assertTrue 'all start again' "said '^exit 111$'"
}

test_usage() {
  "$home/bin/mail-transport" x 2> "$SCRATCH/err"
  assertEquals 100 $?
  "$home/bin/mail-transport" 3< /dev/null 2> "$SCRATCH/err"
  assertEquals 111 $?
}

run_tests
