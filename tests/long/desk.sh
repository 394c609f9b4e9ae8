# desk.sh - operators order at random for minutes, while mail flows and mail-desk and mail-send are killed: the ledger agrees
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
SECONDS_OF_IT=${DESK_SECONDS:-180}

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" one.example > /dev/null || exit 1
  mailbox "$home" ann 61050
  "$home/bin/mail-newu" || exit 1
  port=$(free_port 2700)
  dead=$(free_port $((port + 1)))
  printf '%s\n' "sink.example:127.0.0.1:$port" "dead.example:127.0.0.1:$dead" > "$home/control/smtproutes"
  for s in queue send; do echo 16000000 > "$home/service/$s/log/env/SIZE"; done
  supervise_start "$SCRATCH" "$home/service/queue" "$home/service/send"
  on_exit "supervise_stop $SCRATCH"
  wait_for 60 test -S "$home/run/desk/desk" || { echo "no desk"; cat "$home"/log/*/current; exit 1; }
}

test_the_ledger_agrees() {
  need_root || return 0
  python3 -S "$stub/deskproof.py" "$home" "$SECONDS_OF_IT" "$port" "$dead" > "$SCRATCH/proof.log" 2>&1 ||
    fail "$(cat "$SCRATCH/proof.log"; grep -h alert "$home"/log/*/current | tail)"
  cat "$SCRATCH/proof.log"
}

run_tests
