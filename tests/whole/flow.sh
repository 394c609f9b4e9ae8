# flow.sh - 2,000 messages each way (5,000 in tests/long/flow.sh) through the whole suite, once each and bit for bit; then the same under SIGKILL
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
sink=$SCRATCH/sink
maildir=$home/people/ann/Maildir/new
N=${FLOW_MESSAGES:-2000}

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" one.example > /dev/null || exit 1
  port=$(free_port 2600)
  sinkport=$(free_port $((port + 1)))
  mailbox "$home" ann 61050
  # everybody at one.example is ann, so that each message can have a recipient of its own
  printf '%s\n' "+:ann:61050:61050:$home/people/ann:-::" . > "$home/users/assign"
  echo ./Maildir/ > "$home/people/ann/.qmail-default"
  "$home/bin/mail-newu" || exit 1
  echo "sink.example:127.0.0.1:$sinkport" > "$home/control/smtproutes"
  printf '%s\n' one.example sink.example > "$home/control/rcpthosts"
  echo "127.0.0.1:$port" > "$home/control/listen"
  echo 1 > "$home/control/listenloopback"
  for s in listenrate listenratenet; do echo 0 > "$home/control/$s"; done
  for s in queue send listen; do echo 16000000 > "$home/service/$s/log/env/SIZE"; done
  supervise_start "$SCRATCH" "$home/service/queue" "$home/service/send" "$home/service/listen"
  on_exit "supervise_stop $SCRATCH"
  wait_for 60 smtp_up "$port" || { echo "the server does not come up"; cat "$home"/log/*/current; exit 1; }
}

# smtp-sink keeps each message in a file of its own
start_sink() {
  rm -rf "$sink"
  mkdir -p "$sink"
  chown 61051 "$sink"
  setpriv --reuid 61051 --regid 61051 --clear-groups $SMTP_SINK -d "$sink/m." "127.0.0.1:$sinkport" 256 2>/dev/null &
  sink_pid=$!
  on_exit "kill $sink_pid 2>/dev/null"
  wait_for 60 smtp_up "$sinkport"
  rm -f "$sink"/*
}
stop_sink() { kill $sink_pid; wait $sink_pid 2>/dev/null; true; }

arrived() { [ "$(find "$1" -type f | wc -l)" -ge "$2" ]; }
sample() { find "$1" -type f | head -n 1; }
source_to() { # RECIPIENT: the same message N times, each to a numbered recipient, 20 at once
  $SMTP_SOURCE -s 20 -m "$N" -l 4096 -N -f source@load.example -t "$1" "127.0.0.1:$port"
}
# the body as smtp-source makes it, seen without any of our programs between
reference() {
  [ -s "$SCRATCH/reference" ] && return
  start_sink
  $SMTP_SOURCE -m 1 -l 4096 -f source@load.example -t x@sink.example "127.0.0.1:$sinkport"
  wait_for 60 arrived "$sink" 1
  cp "$(sample "$sink")" "$SCRATCH/reference"
  stop_sink
}

test_many_to_a_local_maildir() {
  need_root || return 0
  postfix_tools || return 0
  reference
  rm -f "$maildir"/*
  began=$(date +%s)
  source_to u@one.example || fail "smtp-source failed"
  wait_for 120 is_empty || fail "the queue does not empty: $("$home/bin/mail-qstat")"
  echo "$N messages in $(($(date +%s) - began)) seconds"
  /usr/bin/python3 -S "$stub/mailcheck.py" source "$N" "$maildir" "$SCRATCH/reference"
  assertEquals "once each, bit for bit" 0 $?
  wait_for 60 no_files_left || fail "files are left in the queue"
}

test_many_to_a_remote_host() {
  need_root || return 0
  postfix_tools || return 0
  reference
  start_sink
  began=$(date +%s)
  source_to u@sink.example || fail "smtp-source failed"
  wait_for 120 is_empty || fail "the queue does not empty: $("$home/bin/mail-qstat")"
  echo "$N messages in $(($(date +%s) - began)) seconds"
  /usr/bin/python3 -S "$stub/mailcheck.py" source "$N" "$sink" "$SCRATCH/reference"
  assertEquals "once each, bit for bit" 0 $?
  stop_sink
  wait_for 60 no_files_left || fail "files are left in the queue"
}

# Kills one program of the instance after the other, whichever, for SECONDS; prints how many of what.
kill_at_random() { # SECONDS
  /usr/bin/python3 -S - "$home/bin/" "$1" <<'EOF'
import collections, glob, os, random, signal, sys, time
home, end, killed = sys.argv[1], time.monotonic() + float(sys.argv[2]), collections.Counter()
while time.monotonic() < end:
    time.sleep(random.uniform(0.05, 0.8))
    found = []
    for p in glob.glob("/proc/[0-9]*/exe"):
        try:
            exe = os.readlink(p)
        except OSError:
            continue
        if exe.startswith(home):
            found.append((os.path.basename(exe).split(" ")[0], int(p.split("/")[2])))
    names = sorted({n for n, _ in found})
    if not names:
        continue
    name = random.choice(names)          # first which program, then which process: the rare ones get their share
    pid = random.choice([p for n, p in found if n == name])
    try:
        os.kill(pid, signal.SIGKILL)
        killed[name] += 1
    except OSError:
        pass
print("killed:", dict(sorted(killed.items())))
EOF
}

drained() { svc -a "$home/service/send"; sleep 1; is_empty; }

kill_run() { # DOMAIN FOLDER
  /usr/bin/python3 -S "$stub/load.py" 127.0.0.1 "$port" 10 "$N" "$1" "$SCRATCH/ledger" &
  load=$!
  kill_at_random 40
  wait $load
  assertEquals "all were accepted in the end" "$N" "$(wc -l < "$SCRATCH/ledger")"
  wait_for 60 drained || fail "the queue does not empty: $("$home/bin/mail-qstat")"
  /usr/bin/python3 -S "$stub/mailcheck.py" load "$SCRATCH/ledger" "$2"
  assertEquals "nothing lost, nothing damaged" 0 $?
  wait_for 60 no_files_left || { fail "files are left in the queue"; find "$home/queue" -type f | head; }
}

test_local_while_every_daemon_is_killed() {
  need_root || return 0
  rm -f "$maildir"/*
  kill_run one.example "$maildir"
}

test_remote_while_every_daemon_is_killed() {
  need_root || return 0
  postfix_tools || return 0
  start_sink
  kill_run sink.example "$sink"
  stop_sink
}

run_tests
