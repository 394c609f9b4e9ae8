# mail-rooms.sh - the table in mail-rooms(7) is the table in src/rooms
. "$(dirname "$0")/../lib.sh"

test_the_page_shows_the_table() {
  awk '$1 == "program" { printf "%-13s %-7s %-6s %-6s %-8s %-5s %s\n", $2, $3, $4, ($5 == "-" ? "" : $5), $7, $8, $9 }' \
    src/rooms > "$SCRATCH/want"
  sed -n '/^program  *room/,/^\.Ed/p' man/mail-rooms.7 | sed '1d;$d' > "$SCRATCH/have"
  assertTrue "man/mail-rooms.7 and src/rooms differ" "diff $SCRATCH/want $SCRATCH/have"
  assertTrue "the table is not empty" "[ -s $SCRATCH/want ]"
}

run_tests
