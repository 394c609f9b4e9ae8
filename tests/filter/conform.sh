# conform.sh - the conformance test of filters: the examples pass, and each kind of broken filter is found out

. "$(dirname "$0")/../lib.sh"

conform() { timeout 300 "$TOP/tests/filter/conform" "$@" > "$SCRATCH/out" 2>&1; }
failures() { sed -n 's/^not ok //p' "$SCRATCH/out"; }

test_examples() {
  printf 'From: a\nSubject: offer\n\nx\n' > "$SCRATCH/offer"
  conform -e -r "$SCRATCH/offer" "$stub/filter-subject" || fail "sh: $(failures)"
  assertEquals 21 "$(grep -c '^ok' "$SCRATCH/out")"
  conform "$stub/filter-size" || fail "python: $(failures)"
}

broken() { # RULE OPTIONS < SCRIPT - a filter that breaks this rule
  what=$1
  shift
  { echo '#!/bin/sh'; cat; } > "$SCRATCH/broken"
  chmod 0755 "$SCRATCH/broken"
  conform "$@" "$SCRATCH/broken"
  assertEquals "$what" 1 $?
  failures | grep -q "^$what: " || fail "$what: only $(failures)"
}

test_broken_filters() {
  echo 'cat > /dev/null; cat <&1 > /dev/null' | broken 'a small message'
  printf 'cat | tr -d "\\200-\\377" | bin/mail-queue <&0\n' | broken 'all bytes but NUL and CR, no line end at the end'
  echo 'bin/mail-queue; exit 0' | broken "the queue's code 53"
  echo 'bin/mail-queue || exit 1' | broken "the queue's code 31"
  echo '{ echo "X-Seen: yes"; cat; } | bin/mail-queue' | broken 'a small message' -e
  printf 'bin/mail-queue || { printf hello >&4; exit 82; }\n' | broken "the queue's code 71"
}

test_wrong_use() {
  conform
  assertEquals 2 $?
}

run_tests
