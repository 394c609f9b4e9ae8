# mail-log.sh - every event that mail-send logs, and every field of it, has its entry in mail-log(5)

. "$(dirname "$0")/../lib.sh"

page=man/mail-log.5

# the words that begin a line: the strings right after log_start, those given to maillog_result, and those of bounces
events() {
  {
    grep -h -A1 'log_start();' src/send/*.c | grep 'log_text(\|log_count('
    cat src/send/*.c | tr '\n' ' ' | grep -o ' maillog_result([^;]*;' | sed 's/,[^,]*"[^"]* [^"]*"//g'
    grep -A1 ' word\[2\]\[3\] = ' src/send/result.c
  } | grep -o '"[a-z][a-z :]*"' | tr -d '"' | sed 's/: .*/:/' | sort -u
}

test_events() {
  events > "$SCRATCH/events"
  for word in new delivered failed deferred bounce notice end 'host down' status:; do
    grep -qx "$word" "$SCRATCH/events" || fail "$word is not found in the source: $(cat "$SCRATCH/events")"
  done
  while read -r word; do
    grep -q "^\.It \(Li .*\)\?Li $word\( \|$\)" $page || fail "no entry for: $word"
  done < "$SCRATCH/events"
}

test_fields() {
  {
    grep -oh 'log_field("[a-z-]*"' src/send/*.c | sed 's/log_field("//; s/"$//'
    grep -oh 'log_\(text\|count\)(" [a-z-]*="' src/send/*.c | sed 's/.*(" //; s/="$//'
  } | sort -u > "$SCRATCH/fields"
  assertTrue "fields are found" "[ $(wc -l < "$SCRATCH/fields") -ge 12 ]"
  while read -r field; do
    grep -q "^\.It Li.* \(Op Li \)\?$field=\( \|$\)" $page || fail "no line with the field: $field"
  done < "$SCRATCH/fields"
}

run_tests
