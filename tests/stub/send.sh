# send.sh - sourced by tests of mail-send: an instance, and tests in Python with tests/stub/neighbours.py

oneTimeSetUp() {
  home=$SCRATCH/home
  instance "$home" here.test || exit 1
  printf 'here.test\nlocal.test\n' > "$home/control/locals"
}

# Every test starts with an empty queue and plain settings.
fresh() {
  find "$home/queue" -type f -delete
  for f in concurrencylocal concurrencyremote concurrencyperhost ratelimits queuelifetime retryfirst retrymost delaynotice delaynoticeall timeoutreport virtualdomains; do rm -f "$home/control/$f"; done
}

# The rest of a test is Python on standard input; s is a running mail-send.
py() { # NAME [no]
  fresh
  {
    echo 'import sys, os, time, signal, struct, re, subprocess'
    echo 'from neighbours import *'
    echo 'home = sys.argv[1]'
    echo "s = Send(home, start='${2:-yes}' == 'yes')"
    cat
  } > "$SCRATCH/test.py"
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$stub" timeout 400 python3 -S "$SCRATCH/test.py" "$home" || fail "$1"
}
