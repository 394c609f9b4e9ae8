# mail-rspawn between tests/stub/jobs.py (mail-open and mail-send) and its mail-remotes

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
n=0

oneTimeSetUp() {
  instance "$home" me.test || exit 1
  uid=$(awk '$1 == "mailr" { print $2 }' "$home.users")
  echo 30 > "$home/control/timeoutremote"
  echo 30 > "$home/control/timeoutconnect"
  printf 'Subject: test\n\ntext\n' > "$SCRATCH/m"
}

sink() { # KEY=ACTION...
  n=$((n + 1))
  S=$SCRATCH/s$n
  mkdir "$S"
  python3 -S "$stub/smtpsink.py" "$S" 127.0.0.1 "$@" & on_exit "kill $!"
  wait_for 60 test -f "$S/port"
  echo ":127.0.0.1:$(cat "$S/port")" > "$home/control/smtproutes"
}
# what a test waits for is not to be found in what the one before it left
setUp() { this=$_shunit_test_ why=; rm -f "$SCRATCH/out"; }
rspawn() { timeout 60 python3 -S "$stub/jobs.py" "$uid" "$home/bin/mail-rspawn" > "$SCRATCH/out" 2>&1; }
said() { grep -q -e "$1" "$SCRATCH/out" || { echo "# not said: $1"; cat "$SCRATCH/out"; return 1; }; }
count() { grep -c -e "$1" "$S/log"; }
job() { echo "job $1 $SCRATCH/m from@a.test $2"; }

test_jobs_of_one_domain_share_a_connection() {
  sink
  { job 1 a@x.test; echo wait 1; job 2 b@X.TEST; echo wait 2; job 3 c@x.test; echo wait 3; echo nojobs; echo exit; } | rspawn
  assertEquals 'all done' 3 "$(grep -c '^rcpt . 0 K' "$SCRATCH/out")"
  assertEquals 'connections' 1 "$(count '^connect')"
  assertTrue 'exit' "said '^exit 0$'"
  assertEquals 'QUIT' 1 "$(count 'QUIT$')"
}

test_jobs_at_once_have_a_process_each() {
  sink 'dot=sleep:0.4:250 ok'
  { for i in 1 2 3 4 5; do job $i "a$i@x.test"; done; job 6 a@y.test; echo until 6; echo children
    for i in 1 2 3 4 5 6; do echo wait $i; done; echo nojobs; echo exit; } | rspawn
  assertTrue 'children' "said '^children 6$'"
  assertEquals 'all done' 6 "$(grep -c '^rcpt . 0 K' "$SCRATCH/out")"
  assertEquals 'connections' 6 "$(count '^connect')"
}

test_both_are_locked_in() {
  need_root || return 0        # only root sees the descriptors of what is not dumpable
  sink
  { job 1 a@x.test; echo wait 1; echo locked; } | rspawn
  assertTrue 'mail-rspawn, with its jobs, reports, signals and a child' "said '^locked 2 1 0 1 2 3 4 5 7$'"
  assertTrue 'mail-remote, with its socket and its session alone' "said '^locked 2 1 0 1 2 3 5$'"
}

test_idle_children_leave() {
  sink
  { job 1 a@x.test; echo wait 1; echo children; echo until 0; echo children; job 2 a@x.test; echo wait 2; } | rspawn
  assertEquals '1 0' "$(awk '/^children/ { print $2 }' "$SCRATCH/out" | xargs)"
  assertTrue 'next job' "said '^rcpt 2 0 K'"
  assertEquals 'connections' 2 "$(count '^connect')"
}

test_a_killed_child_means_later() {
  sink 'dot=sleep:0.5:250 ok' 'dot=250 ok'
  { job 1 'a@x.test b@x.test'; echo seen 1 DATA "$S/log"; echo kill; echo wait 1; job 2 a@x.test; echo wait 2; echo kill; echo until 0
    job 3 a@x.test; echo wait 3; echo nojobs; echo exit; } | rspawn
  assertTrue 'first' "said '^rcpt 1 0 Z 4.3.0 mail-remote broke off'"
  assertTrue 'both' "said '^rcpt 1 1 Z 4.3.0'"
  assertTrue 'then' "said '^rcpt 2 0 K'"
  assertTrue 'killed while idle: nothing is lost' "said '^rcpt 3 0 K'"
  assertTrue 'exit' "said '^exit 0$'"
}

# as it is when no descriptor is free to receive it
test_a_job_without_its_message() {
  sink
  { echo "job 1 - from@a.test a@x.test b@x.test"; echo wait 1; job 2 a@x.test; echo wait 2; } | rspawn
  assertTrue 'put off, not forgotten' "said '^rcpt 1 0 Z 4.3.0 no descriptor'"
  assertTrue 'both' "said '^rcpt 1 1 Z 4.3.0'"
  assertTrue 'then' "said '^rcpt 2 0 K'"
}

test_end_of_jobs_finishes_what_is_under_way() {
  for end in nojobs nolife 'signal TERM'; do
    sink 'dot=sleep:0.5:250 ok'
    { job 1 a@x.test; echo seen 1 DATA "$S/log"; echo "$end"; echo wait 1; echo exit; } | rspawn
    assertTrue "$end: done" "said '^rcpt 1 0 K'"
    assertTrue "$end: exit" "said '^exit 0$'"
  done
}

test_nobody_takes_reports() {
  sink
  { echo noreports; job 1 a@x.test; echo exit; } | rspawn
  assertTrue 'exit' "said '^exit 111$'"
}

test_full_socket_of_reports() {
  sink
  { echo stall; for i in $(seq 60); do job "$i" "$(seq -f "u%.0f@x$i.test" 100 | xargs)"; done; echo seen 12 message "$S/log"; echo sleep 1; echo unstall
    for i in $(seq 60); do echo "wait $i"; done; echo nojobs; echo exit; } | rspawn
  assertEquals 'every result came' 6000 "$(grep -c '^rcpt [0-9]* [0-9]* [KZ]' "$SCRATCH/out")"
  assertTrue 'exit' "said '^exit 0$'"
}

test_hup_reads_settings_anew() {
  sink
  { job 1 joe; echo wait 1; echo "write $home/control/envnoathost other.test"; echo 'signal HUP'
    job 2 joe; echo wait 2; } | rspawn
  rm "$home/control/envnoathost"
  assertEquals '<joe@me.test> <joe@other.test>' "$(sed -n 's/.*RCPT TO:\(<.*>\).*/\1/p' "$S/log" | xargs)"
  assertEquals 'a new child' 2 "$(count '^connect')"
}

test_a_name_without_a_dot_is_warned_of() {
  sink
  echo mx > "$home/control/helohost"
  { job 1 a@x.test; echo wait 1; echo nojobs; echo exit; } | rspawn
  rm "$home/control/helohost"
  assertTrue 'warned' "said 'warning: other hosts may refuse the name mx, which has no dot'"
  assertTrue 'but mail goes' "said '^rcpt 1 0 K'"
  { echo nojobs; echo exit; } | rspawn
  assertFalse 'not of others' "said warning"
}

# Whoever says "now" has mostly just changed a route: no job that comes after it goes by the old one, however soon.
test_a_kept_child_does_not_outlive_hup_or_alrm() {
  for sig in HUP ALRM; do
    sink
    route=$(cat "$home/control/smtproutes") old=$S
    sink
    new=$(cat "$home/control/smtproutes")
    echo "$route" > "$home/control/smtproutes"
    { job 1 a@x.test; echo wait 1; echo "write $home/control/smtproutes $new"; echo "signal $sig"; job 2 b@x.test
      echo wait 2; } | rspawn
    assertEquals "the old route, $sig" 1 "$(grep -c 'RCPT TO' "$old/log")"
    assertEquals "the new route, $sig" 1 "$(count 'RCPT TO:<b@x.test>')"
  done
}

test_broken_settings_on_hup_are_not_taken() {
  sink
  { job 1 a@x.test; echo wait 1; echo "write $home/control/timeoutremote soon"; echo 'signal HUP'
    echo seen 1 old "$SCRATCH/out"; echo "write $home/control/timeoutremote 30"; job 2 a@x.test; echo wait 2; echo nojobs; echo exit; } | rspawn
  assertTrue 'told' "said 'mail-rspawn: goes on with the old settings'"
  assertTrue 'goes on' "said '^rcpt 2 0 K'"
  assertTrue 'exit' "said '^exit 0$'"
}

test_unsound_jobs() {
  sink
  { echo "raw 0200000063 $SCRATCH/m"; echo wait 99; echo raw 01000000620000; echo wait 98; job 1 'a@x.test b@y.test'; echo wait 1; job 2 'a@'; echo wait 2
    job 3 a@x.test; echo wait 3; echo nojobs; echo exit; } | rspawn
  assertEquals 'told' 2 "$(grep -c 'a job that is none' "$SCRATCH/out")"
  assertTrue 'two domains' "said '^rcpt 1 1 Z 4.3.0'"
  assertTrue 'no domain' "said '^rcpt 2 0 Z 4.3.0'"
  assertTrue 'goes on' "said '^rcpt 3 0 K'"
  for i in 98 99; do assertTrue 'each has its report' "said '^report $i 0 '"; done
  sink 'dot=sleep:0.5:250 ok'
  { job 1 a@x.test; echo seen 1 DATA "$S/log"; echo raw 0102; echo wait 1; echo exit; } | rspawn
  assertTrue 'without a number: what is under way is finished' "said '^rcpt 1 0 K'"
  assertTrue 'and the channel is broken off' "said '^exit 111$'"
}

# what takes the place of mail-remote in the next tests
fake() {
  mv "$home/bin/mail-remote" "$SCRATCH/mail-remote"
  cat > "$SCRATCH/fake.c"
  cc -Isrc -D_GNU_SOURCE -static -o "$home/bin/mail-remote" "$SCRATCH/fake.c"
}
unfake() { mv "$SCRATCH/mail-remote" "$home/bin/mail-remote"; }

test_a_child_that_lies() {
  fake <<'C'
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* reports by domain: another number, too many recipients, a flag of mail-open's, garbage, silence, unasked ones */
int main(int argc, char **argv)
{
  char job[65536];
  static char report[] = { 3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 'D', 0, 0, 0, 0, 1, 'x' };
  ssize_t r;
  if (!strcmp(argv[1], "unasked.test")) send(3, report, sizeof report, 0);
  r = recv(3, job, sizeof job, 0);
  if (r < 10) return 0;
  if (!strcmp(argv[1], "number.test")) job[4] ^= 64;
  memcpy(report + 1, job + 1, 4);
  if (!strcmp(argv[1], "position.test")) report[25] = 1;
  if (!strcmp(argv[1], "flag.test")) report[5] = 2;
  if (!strcmp(argv[1], "code.test")) return 100;
  if (!strcmp(argv[1], "silent.test")) sleep(3600);
  send(3, report, !strcmp(argv[1], "short.test") ? 20 : sizeof report, 0);
  sleep(3600);
  return argc;
}
C
  echo 1 > "$home/control/timeoutremote"        # for the silent one
  { i=0; for d in number position flag code short unasked good silent; do i=$((i + 1)); job $i a@$d.test; done
    for i in 1 2 3 4 5 6 7; do echo wait $i; done; echo children; echo wait 8; } | rspawn
  for i in 1 2 3 4 5 6; do assertTrue "lie $i" "said '^rcpt $i 0 Z 4.3.0 mail-remote broke off'"; done
  assertTrue 'what is sound is passed on' "said '^rcpt 7 0 D x$'"
  assertTrue 'only the sound and the silent are left' "said '^children 2$'"
  assertTrue 'silence has its end' "said '^rcpt 8 0 Z 4.4.7 mail-remote took too long'"
  echo 30 > "$home/control/timeoutremote"
  unfake
}

test_mail_remote_is_replaced() {
  sink
  { job 1 a@x.test; echo wait 1
    wait_for 60 grep -q '^rcpt 1 0 K' "$SCRATCH/out"
    cp -p "$home/bin/mail-remote" "$home/bin/new" && mv "$home/bin/new" "$home/bin/mail-remote"
    job 2 a@y.test; echo wait 2; } | rspawn
  assertTrue 'by the new one' "said '^rcpt 2 0 K'"
}

# as a DHCP client does; the lock knows the old one
test_another_resolv_conf() {
  need_root || return 0
  { [ -e /etc/resolv.conf ] && unshare -m true 2>/dev/null; } || { why="no /etc/resolv.conf, or no mount namespaces"; return 0; }
  sink
  echo 'nameserver 127.0.0.1' > "$SCRATCH/resolv.conf"
  { job 1 a@x.test; echo wait 1
    wait_for 60 grep -q '^rcpt 1 0 K' "$SCRATCH/out"
    nsenter -m -t "$(pgrep -f "$home/bin/mail-rspawn" | tail -n 1)" mount --bind "$SCRATCH/resolv.conf" /etc/resolv.conf
    job 2 a@x.test; echo wait 2; echo exit; } |
    unshare -m sh -c 'mount --make-rprivate / && exec "$@"' sh timeout 60 python3 -S "$stub/jobs.py" "$uid" \
      "$home/bin/mail-rspawn" > "$SCRATCH/out" 2>&1
  assertTrue 'by the one that is there' "said '^rcpt 2 0 K'"
  assertTrue 'told' "said '/etc/resolv.conf is another file: starts anew'"
  assertTrue 'mail-start starts it anew' "said '^exit 111$'"
}

# as an editor does; a file in passwords/ needs nothing of that
test_another_file_with_a_password() {
  sink
  echo old > "$SCRATCH/secret"
  echo "other.test:me:$SCRATCH/secret" > "$home/control/smtpauth"
  { job 1 a@x.test; echo wait 1
    wait_for 60 grep -q '^rcpt 1 0 K' "$SCRATCH/out"
    echo new > "$SCRATCH/secret.new" && mv "$SCRATCH/secret.new" "$SCRATCH/secret"
    job 2 a@x.test; echo wait 2; echo exit; } | rspawn
  rm "$home/control/smtpauth"
  assertTrue 'what has come is done' "said '^rcpt 2 0 K'"
  assertTrue 'told' "said '$SCRATCH/secret is another file: starts anew'"
  assertTrue 'mail-start starts it anew' "said '^exit 111$'"
}

test_mail_remote_is_missing() {
  mv "$home/bin/mail-remote" "$SCRATCH/mail-remote"
  { job 1 a@x.test; echo wait 1; } | rspawn
  unfake
  assertTrue 'later' "said '^rcpt 1 0 Z 4.3'"
}

# what has no process is for later; the next is sent
test_calls_that_fail() {
  need_root && need strace strace || return 0
  for call in fork,vfork,clone:EAGAIN fork,vfork,clone:ENOMEM socketpair:ENFILE; do
    sink
    printf '%s\n' '#!/bin/sh' "exec strace -qq -o $SCRATCH/failed -e trace=${call%:*} \\" \
      "-e inject=${call%:*}:error=${call#*:}:when=1 setpriv --reuid $uid --regid $uid --clear-groups $home/bin/mail-rspawn" \
      > "$SCRATCH/mail-rspawn"
    chmod 0755 "$SCRATCH/mail-rspawn"
    { job 1 a@x.test; echo wait 1; job 2 b@x.test; echo wait 2; echo nojobs; echo exit; } |
      timeout 60 python3 -S "$stub/jobs.py" 0 "$SCRATCH/mail-rspawn" > "$SCRATCH/out" 2>&1
    assertEquals "$call" "Z K" "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
    assertTrue "$call: it failed" "have_failed 1"
    assertTrue "$call: exit" "said '^exit 0$'"
  done
}

test_as_many_children_as_files_are_allowed() {
  sink 'dot=sleep:1:250 ok'
  ulimit -n 64
  { for i in $(seq 60); do job "$i" "a@x$i.test"; done; for i in $(seq 60); do echo "wait $i"; done; echo nojobs; echo exit; } | rspawn
  assertEquals 'results' 60 "$(grep -c '^rcpt' "$SCRATCH/out")"
  assertTrue 'some later' "said '^rcpt [0-9]* 0 Z 4.3.2'"
  assertTrue 'most done' "[ $(grep -c '^rcpt [0-9]* 0 K' "$SCRATCH/out") -ge 40 ]"
  assertTrue 'exit' "said '^exit 0$'"
}

run_tests
