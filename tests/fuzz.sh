# fuzz.sh - the fuzzers of tests/fuzz over their corpora, once each; looking for more is `make fuzz-run`
#
# Needs no libFuzzer. What they once found stays in the corpus, so it is found again here.

. "$(dirname "$0")/lib.sh"

oneTimeSetUp() {
  users_file "$SCRATCH/users"
  sh src/instance /nonexistent "$SCRATCH/users" > "$SCRATCH/instance.c"
  rooms="in user bounce remote log" libs=
  if has_tls; then
    rooms="$rooms $(awk '$1 == "program" && $7 == "openssl" { print $3 }' src/rooms | sort -u | xargs)"
    libs="-Wl,--as-needed -lssl -lcrypto -lcrypt"
  fi
  archives="$(for r in $rooms; do echo "build/asan/room-$r.a"; done) build/asan/shared.a"
  # shellcheck disable=SC2086
  make -s HOMEDIR=/nonexistent USERS="$SCRATCH/users" $archives > "$SCRATCH/make.log" 2>&1 ||
    { cat "$SCRATCH/make.log"; exit 1; }
}

build() { # NAME [SOURCE]: the fuzzer, with a file of its own instead of the archive's
  # shellcheck disable=SC2086
  gcc -std=c11 -D_GNU_SOURCE -g1 -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -Isrc -Itests \
    -Itests/fuzz -o "$SCRATCH/$1" "tests/fuzz/$1.c" "$stub/replay.c" "$SCRATCH/instance.c" ${2:+"$2"} \
    $archives -lskarnet $libs
}
replay() { # NAME INPUT...
  name=$1
  shift
  "$SCRATCH/$name" "$@" 2> "$SCRATCH/$name.err" && return
  tail -n 30 "$SCRATCH/$name.err"
  return 1
}

test_every_corpus() {
  for f in tests/fuzz/*.c; do
    has_tls || ! grep -qE '^#include "(tls|key|auth)/' "$f" || continue
    name=$(basename "$f" .c)
    build "$name" || { fail "$name is not built"; continue; }
    said=$(replay "$name" tests/fuzz/corpus/"$name"/*)
    assertEquals "$name: $said" 0 $?
    echo "$name: $said"
  done
}

test_a_reader_without_its_bound_is_found() {
  sed 's/else if (r->line_len < REPLY_LINE_MAX) /else /' src/lib/smtp/reply.c > "$SCRATCH/reply.c"
  cmp -s src/lib/smtp/reply.c "$SCRATCH/reply.c" && fail "the mutation does not fit src/lib/smtp/reply.c any more"
  build reply "$SCRATCH/reply.c" || fail "not built"
  { printf '%s' 'x250 '; head -c 20000 /dev/zero | tr '\0' a; printf '\r\n'; } > "$SCRATCH/long"
  replay reply "$SCRATCH/long" > "$SCRATCH/out"
  assertEquals 1 $?
  assertTrue "$(cat "$SCRATCH/reply.err")" "grep -q 'AddressSanitizer\\|runtime error' $SCRATCH/reply.err"
}

test_corpora_are_small() {
  assertTrue "under 200 kB in all" "[ $(cat tests/fuzz/corpus/*/* | wc -c) -lt 200000 ]"
}

run_tests
