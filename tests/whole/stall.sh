# stall.sh - each daemon in turn stalls under load, mail-send is killed, and it goes on: all is settled, little is repeated
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
maildir=$home/people/ann/Maildir/new
N=30
UNDER_WAY=10            # control/concurrencylocal

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" one.example > /dev/null || exit 1
  port=$(free_port 2700)
  mailbox "$home" ann 61050
  printf '%s\n' "+:ann:61050:61050:$home/people/ann:-::" . > "$home/users/assign"
  echo ./Maildir/ > "$home/people/ann/.qmail-default"
  "$home/bin/mail-newu" || exit 1
  listen_at "$home" 127.0.0.1 "$port"
  supervise_start "$SCRATCH" "$home/service/queue" "$home/service/send" "$home/service/smtpd"
  on_exit "supervise_stop $SCRATCH"
  wait_for 60 smtp_up "$port" || { echo "the server does not come up"; cat "$home"/log/*/current; exit 1; }
}

pid() { pgrep -f "^$home/bin/$1\$"; }
load() { /usr/bin/python3 -S "$stub/load.py" 127.0.0.1 "$port" 5 $N one.example "$SCRATCH/ledger"; }
arrived() { [ "$(find "$maildir" -type f | wc -l)" -ge "$1" ]; }
marked() { [ "$(find "$home/queue/state/" -path '*/??/*' -type f | wc -l)" -ge "$1" ]; }
drained() { svc -a "$home/service/send"; sleep 0.5; "$home/bin/mail-qstat" | grep -q '^messages in queue: 0$'; }

kill_mail_send() { # PROCESS... of a daemon, which are stopped, and go on when mail-send is dead
  kill -KILL "$(pid mail-send)"
  for p; do kill -CONT "$p" 2>/dev/null; done
}

settled() { # DAEMON REPEATED: at most so many
  wait_for 60 drained || fail "$1: the queue does not empty: $("$home/bin/mail-qstat")"
  assertEquals "$1: all were accepted" $N "$(wc -l < "$SCRATCH/ledger")"
  told=$(/usr/bin/python3 -S "$stub/mailcheck.py" load "$SCRATCH/ledger" "$maildir")
  assertEquals "$1: nothing lost, nothing damaged: $told" 0 $?
  repeated=${told#*repeated }
  assertTrue "$1: $told" "[ ${repeated%% *} -le $2 ]"
  rm -f "$maildir"/*
}

test_what_was_delivered_while_mail_clean_stalls_is_not_repeated() {
  need_root || return 0
  wait_for 60 pid mail-clean
  stopped=$(pid mail-clean)
  kill -STOP $stopped
  load
  wait_for 60 arrived $N || fail "mail waits for mail-clean"
  wait_for 60 marked $N || fail "no marks: $(tail -n 5 "$home/log/send/current")"
  kill_mail_send $stopped
  settled mail-clean 0
}

test_any_daemon_stalls_and_mail_send_is_killed() {
  need_root || return 0
  for d in mail-open mail-lspawn mail-lookup mail-rspawn mail-bounce mail-queued mail-send; do
    wait_for 60 pid mail-send && wait_for 60 pid $d || fail "$d does not run"
    load & loading=$!
    wait_for 60 arrived 5 || fail "$d: nothing arrives"
    stopped=$(pid $d) began=$(date +%s) fresh=0
    kill -STOP $stopped
    # it has had no time to mark what it heard of in the second before
    [ $d != mail-send ] || fresh=$(find "$maildir" -type f -newermt "@$((began - 1))" | wc -l)
    sleep 2             # that long it stalls: what was delivered before has its mark
    kill_mail_send $stopped
    wait $loading
    settled $d $((UNDER_WAY + fresh))
  done
}

run_tests
