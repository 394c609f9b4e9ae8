# supervisors.sh - one service folder under daemontools, s6 and runit, each without the others' tools
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
ann=61490
tools="daemontools s6 runit"

# What a supervisor has, in a folder that is all of its PATH; loggers run as the log user.
tools_of() { # SUPERVISOR
  mkdir -p "$SCRATCH/$1"
  case $1 in
    daemontools)
      need svscan daemontools && need tcpserver ucspi-tcp-ipv6 || return 1
      for p in svscan supervise svc multilog tcpserver; do cp "$(command -v $p)" "$SCRATCH/$1/" || return 1; done ;;
    s6)
      unpack s6 && cp "$UNPACKED"/usr/bin/s6-* "$SCRATCH/$1/" || return 1
      over="/usr/bin/mount -t overlay -o lowerdir=$SCRATCH/s6:/usr/bin over /usr/bin"       # it knows no other place
      unshare --mount sh -c "$over" 2> "$SCRATCH/err" || { why="needs overlayfs: $(cat "$SCRATCH/err")"; return 1; } ;;
    runit)
      unpack ipsvd && cp "$UNPACKED/usr/bin/tcpsvd" "$SCRATCH/$1/" || return 1
      unpack runit && cp "$UNPACKED"/usr/bin/* "$SCRATCH/$1/" || return 1 ;;
  esac
  chmod -R a+rX "$SCRATCH/$1"
  for p in "$SCRATCH/$1"/*; do
    ! ldd "$p" 2>&1 | grep -q 'not found' || { why="needs the libraries that $1 wants"; return 1; }
  done
}
with_tools() { env -i PATH="$SCRATCH/$1" "$SCRATCH/$1/$2" ${3:+"$3"} ${4:+"$4"} ${5:+"$5"}; } # SUPERVISOR PROGRAM...

start() { # SUPERVISOR SERVICE...
  scan=$SCRATCH/scan.$1
  mkdir "$scan"
  case $1 in daemontools) program=svscan ;; s6) program=s6-svscan ;; runit) program=runsvdir ;; esac
  supervisor=$1
  shift
  for s; do ln -s "$home/service/$s" "$scan/$s"; done
  set -- "$SCRATCH/$supervisor/$program" "$scan"
  [ $supervisor != s6 ] || set -- /usr/bin/unshare --mount /bin/sh -c "$over"' && exec "$@"' x "$@"
  env -i PATH="$SCRATCH/$supervisor" "$@" > "$SCRATCH/$supervisor.log" 2>&1 &
  started=$!
  on_exit "kill $started 2>/dev/null"
}
hup() { # SERVICE
  case $supervisor in
    daemontools) with_tools $supervisor svc -h "$scan/$1" ;;
    s6) with_tools $supervisor s6-svc -h "$scan/$1" ;;
    runit) with_tools $supervisor sv hup "$scan/$1" > /dev/null ;;
  esac
}
stop() {
  case $supervisor in
    runit) kill -HUP $started ;;
    *) kill $started ;;
  esac
  wait $started
  [ $supervisor != daemontools ] || for s in "$scan"/*; do
    with_tools daemontools svc -dx "$s" "$s/log"
  done
  wait_for 60 nothing_runs
}
nothing_runs() {
  for l in "$home"/queue/lock/start-*; do flock -n "$l" true || return 1; done
  for d in /proc/[0-9]*; do
    case $(readlink "$d/cwd") in "$home/service/"*) return 1 ;; esac
  done
}
delivered() { grep -qs "^Subject: $1" "$home"/people/ann/Maildir/new/*; }
logged() { grep -qs "$2" "$home/log/$1/current"; } # SERVICE PATTERN

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" supervised.example || exit 1
  mailbox "$home" ann $ann
  "$home/bin/mail-newu" || exit 1
}

# queue and send, a network server of its own kind, the log, HUP, and the end
under() { # SUPERVISOR SERVICE-OF-SMTP
  need_root && tools_of "$1" || return 0
  rm -rf "$home"/log/*/* "$home"/service/*/supervise "$home"/service/*/log/supervise
  port=$(free_port 2700)
  echo "127.0.0.1:$port" > "$home/control/listen"
  listen_at "$home" 127.0.0.1 "$port"
  start "$1" queue send "$2"
  printf 'To: ann\nFrom: ann\nSubject: inject %s\n\nx\n' "$1" | "$home/bin/mail-inject"
  assertEquals "$1: mail-inject" 0 $?
  wait_for 60 delivered "inject $1" || fail "$1: not delivered: $(tail "$home"/log/*/current "$SCRATCH/$1.log")"
  wait_for 60 smtp_up "$port" || fail "$1: nobody at the port: $(cat "$home/log/$2/current")"
  smtp "$port" "EHLO client.test" "MAIL FROM:<joe@client.test>" "RCPT TO:<ann@supervised.example>" DATA \
    "Subject: smtp $1" "" . QUIT > "$SCRATCH/dialogue"
  wait_for 60 delivered "smtp $1" || fail "$1: not delivered: $(cat "$SCRATCH/dialogue")"
  for s in send "$2"; do
    wait_for 60 logged "$s" '^@4[0-9a-f]\{23\} mail-' || fail "$1: the log of $s: $(ls -l "$home/log/$s")"
    assertEquals "$1: it is the log user's" 61008 "$(stat -c %u "$home/log/$s/current")"
  done
  wait_for 60 logged "$2" 'mail-smtpd: .*ip=127.0.0.1' || fail "$1: no session in $(cat "$home/log/$2/current")"
  echo 7 > "$home/control/concurrencylocal"
  hup send
  wait_for 60 logged send 'control/concurrencylocal was' || fail "$1: HUP: $(cat "$home/log/send/current")"
  rm "$home/control/concurrencylocal"
  stop || fail "$1: does not end: $(ps ax | grep "$home")"
}

test_daemontools() { under daemontools smtpd; }
test_s6() { under s6 listen; }
test_runit() { under runit smtpd; }


# as many files, as large, whoever writes them
test_loggers_have_equal_settings() {
  need_root || return 0
  echo 5000 > "$home/service/queue/log/env/SIZE"
  echo 4 > "$home/service/queue/log/env/FILES"
  for t in $tools; do
    tools_of $t || continue
    rm -rf "$home"/log/queue/*
    # shellcheck disable=SC2016
    yes 'a line of the log, and more of it' | head -n 2000 |
      env -i PATH="$SCRATCH/$t" /bin/sh -c 'cd "$1/service/queue/log" && exec ./run' x "$home" > "$SCRATCH/out" 2>&1
    assertEquals "$t: $(cat "$SCRATCH/out")" 0 $?
    old=$(find "$home/log/queue" -name '@*' | wc -l)
    assertTrue "$t: $old old files" "[ $old -ge 3 ] && [ $old -le 4 ]"
    assertEquals "$t: too large" "" "$(find "$home/log/queue" -name "@*" -size +15000c)"   # s6-log looks after what it read
  done
}

test_what_is_missing_or_wrong_is_said() {
  need_root || return 0
  cd "$home/service/queue/log" || return
  env -i PATH=/nonexistent "$home/bin/mail-start" log queue 2> "$SCRATCH/err" < /dev/null
  assertEquals "no logger" 111 $?
  assertTrue "$(cat "$SCRATCH/err")" "grep -q 'neither multilog.*nor s6-log.*nor svlogd' $SCRATCH/err"
  echo big > env/SIZE
  "$home/bin/mail-start" log queue 2> "$SCRATCH/err" < /dev/null
  assertEquals "no number" 100 $?
  assertTrue "$(cat "$SCRATCH/err")" "grep -q 'env/SIZE must be a number.*this is not: big' $SCRATCH/err"
  "$home/bin/mail-start" log ../queue 2> "$SCRATCH/err" < /dev/null
  assertEquals "no log" 100 $?
  env -i PATH=/nonexistent "$home/bin/mail-start" tcp smtpd 2> "$SCRATCH/err" < /dev/null
  assertEquals "no server" 111 $?
  assertTrue "$(cat "$SCRATCH/err")" "grep -q 'neither tcpserver.*nor tcpsvd.*listen' $SCRATCH/err"
  "$home/bin/mail-start" tcp imapd 2> "$SCRATCH/err" < /dev/null
  assertEquals "no such server" 100 $?
  cd "$TOP" || return
}

run_tests
