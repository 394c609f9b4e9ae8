# examples.sh - the commands in the pages' examples and in mail-tasks(7) are there, with their options and settings; so
# are the words that bash completes
. "$(dirname "$0")/../lib.sh"

# the lines that people type, without roff's marks
typed() { # PAGE
  awk -v all="${1##*tasks*}" '
    /^\.Sh / { on = all == "" || $2 == "EXAMPLES" }
    !on { next }
    /^\.Bd -literal/ { literal = 1; next }
    /^\.Ed/ { literal = 0 }
    sub(/^\.(Dl|Ic) /, "") || literal { gsub(/\\&/, ""); print }' "$1"
}
# each command of the suite in them with its words, one a line
commands() {
  typed "$1" | sed 's/(\([a-z]\)/\n\1/g; s/ *\(;\||\|&&\) */\n/g; s/  *(.*//; s/^\*\/5 \* \* \* \* //' |
    sed -n 's/^[ ]*\([^ ]*\/\)\{0,1\}\(mail-[a-z]*\|sendmail\|mailq\)\( .*\)\{0,1\}$/\2\3/p'
}
page_of() { for s in 1 8; do [ ! -f "man/$1.$s" ] || echo "man/$1.$s"; done; }
plain() { [ -s "$SCRATCH/$1.txt" ] || mandoc -Tascii "$(page_of "$1")" | col -b > "$SCRATCH/$1.txt"; } # PROGRAM: its page

options_are_told() { # PROGRAM WORD...
  told=$1
  [ "$told" != mailq ] || told=sendmail
  [ -n "$(page_of "$told")" ] || { echo "$told has no page"; return; }
  plain "$told"
  shift
  for word; do
    case $word in
      --help|--version) ;;
      -[a-zA-Z0-9-]*) grep -qE -e "(^|[^a-zA-Z-])$word([^a-zA-Z-]|\$)" "$SCRATCH/$told.txt" || echo "$told $word" ;;
    esac
  done
}

test_commands_and_options() {
  need mandoc mandoc || return 0
  n=0
  for page in man/*.[1578]; do
    commands "$page" > "$SCRATCH/commands"
    while read -r program words; do
      n=$((n + 1))
      set -f
      # shellcheck disable=SC2086
      assertEquals "$page" "" "$(options_are_told $program $words)"
      set +f
    done < "$SCRATCH/commands"
  done
  assertTrue "commands are found: $n" "[ $n -ge 30 ]"
}

test_settings() {
  sed -n 's/^  { "\([a-z0-9]*\)", [A-Z],.*/\1/p' src/lib/conf/settings.c > "$SCRATCH/settings"
  for page in man/*.[1578]; do
    for name in $(typed "$page" | grep -o 'control/[a-z][a-z0-9.]*' | cut -d/ -f2); do
      case $name in *.cdb|*.tmp) continue ;; esac
      grep -qx "$name" "$SCRATCH/settings" || fail "$page: control/$name"
    done
  done
}

# WORD...: what the last one may become
completed() {
  bash -c '. src/completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bulkhead "$1" && printf "%s\n" "${COMPREPLY[@]}"' x "$@" |
    paste -s -d ' '
}

test_completion() {
  need bash bash || return 0
  assertEquals "what bash knows" "complete -F _bulkhead mail-start" "$(bash -c '. src/completion; complete -p mail-start')"
  assertEquals "queue" "$(completed /x/bin/mail-start q)"
  assertEquals "-a -v" "$(completed mail-start -1 "")"
  assertEquals "retry retry-domain" "$(completed mail-q ret)"
  assertEquals "--reply" "$(completed mail-q list --rep)"
  assertEquals "held" "$(completed mail-q hold --state h)"
  assertEquals "--reason" "$(completed mail-q hold-domain --r)"
  assertEquals "a value" "" "$(completed mail-q list --from "")"
  assertEquals "hdrs" "$(completed sendmail -R h)"
  assertEquals "src/rooms src/room" "src/rooms" "$(completed mail-newcert mail.example.org src/room)"
}

test_what_is_completed_is_on_the_pages() {
  need mandoc mandoc && need bash bash || return 0
  for program in $(bash -c '. src/completion; complete -p' | sed 's/.* //'); do
    # shellcheck disable=SC2046
    assertEquals "" "$(options_are_told "$program" $(completed "$program" -))"
  done
  plain mail-q
  for word in list show hold release retry expire delete hold-domain release-domain retry-domain domains; do
    assertTrue "mail-q $word" "grep -qw -e $word $SCRATCH/mail-q.txt"
    assertEquals "" "$(options_are_told mail-q $(completed mail-q "$word" -))"
  done
}

run_tests
