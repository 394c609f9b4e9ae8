#!/bin/sh
# automaton.sh - mail-smtpd against a model of SMTP: random dialogues, every reply and every queued byte foretold
#
# AUTOMATON_SEED and AUTOMATON_SEQUENCES make others and more of them; tests/long/automaton.sh does so each time.

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() {
  smtpd_setup
  settings() { while read -r name value; do echo "$value" > "$home/control/$name"; done; }
  settings <<'S'
databytes 2000
maxrcpt 5
brtlimit 8
sessionbytes 9000
tarpitcount 0
badmailfrom bad@b.example
badmailto yes@bad.example
proxyhosts 192.0.2.1
S
}

automaton() { # SEQUENCES [WRONG]
  rm -f "$store"/*.mess "$store"/*.env
  python3 -I -S "$stub/automaton.py" "$smtpd" "$store" "$1" "${AUTOMATON_SEED:-1}" ${2:+"$2"}
}

test_the_model_foretells_everything() {
  automaton "${AUTOMATON_SEQUENCES:-120}" > "$SCRATCH/said"
  assertEquals 'see above' 0 $?
  cut -c1-2000 "$SCRATCH/said" | head -n 100
}

# BDAT with a CR LF torn by chunks, DSN, SMTPUTF8, refusals, faults in several orders, budgets; a PROXY header and what
# follows it: mail-smtpd-proxy.sh
test_every_cut_in_two() {
  automaton splits > "$SCRATCH/said"
  assertEquals 'see above' 0 $?
  cut -c1-2000 "$SCRATCH/said" | head -n 100
}

# with a seed whose few dialogues are known to come to where it is wrong
test_a_wrong_model_is_noticed() {
  AUTOMATON_SEED=1
  for wrong in reply message; do
    automaton 10 $wrong > "$SCRATCH/said"
    assertEquals "$wrong" 1 $?
    assertTrue "$wrong" "tail -n 1 '$SCRATCH/said' | grep -q '[1-9][0-9]* wrong'"
  done
}

run_tests
