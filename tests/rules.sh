# rules.sh - what the source promises about itself: rooms, rights, forms and sizes

. "$(dirname "$0")/lib.sh"

sources() { find src -name '*.c' -o -name '*.h'; }
# the source without comments and strings' insides, "file:line:text" a line
code() {
  sources | sort | xargs awk '
    FNR == 1 { within = 0 }
    {
      s = $0
      if (within) { if (!sub(/.*\*\//, "", s)) next; within = 0 }
      gsub(/"([^"\\]|\\.)*"/, "\"\"", s)
      gsub(/\/\*([^*]|\*[^\/])*\*\//, "", s)
      if (sub(/\/\*.*/, "", s)) within = 1
      print FILENAME ":" FNR ":" s
    }'
}
programs() { awk '$1 == "program" { print $2, $3, $4 }' src/rooms; }
source_of() { echo "src/$2/$1.c"; }
none() { assertEquals "$1" "" "$2"; } # RULE OFFENDERS

oneTimeSetUp() { code > "$SCRATCH/code"; }

test_a_room_includes_itself_doors_and_lib_only() {
  none "includes" "$(for d in src/*/; do
    room=$(basename "$d")
    case $room in
      lib) may='lib' ;;
      door) may='door|lib' ;;
      *) may="$room|door|lib" ;;
    esac
    grep -rnE '^ *# *include +"' "$d" | grep -vE "include +\"($may)/"
  done)"
}

# A module is a .c and its .h: what it includes is below it.
test_rooms_without_a_circle_of_includes() {
  for room in $(find src -mindepth 1 -type d | sed 's|^src/||'); do
    none "$room" "$(for f in src/$room/*.[ch]; do
      [ -e "$f" ] || continue
      module=${f##*/}
      sed -n "s|^#include \"$room/\(.*\)\.h\"|${module%.[ch]} \1|p" "$f"
    done | awk '$1 != $2' | tsort 2>&1 > /dev/null)"
  done
}

test_a_loaded_message_is_written_by_its_own_module() {
  none "writers" "$(grep -E '^src/send/.*\<m->[a-z_]+(\[[^]]*\])? *([-+|&]?=[^=]|\+\+|--)' "$SCRATCH/code" |
    grep -v '^src/send/message\.c:')"
}

test_only_lib_priv_changes_users() {
  none "set*id" "$(grep -E '\<(set(re|res|e|fs)?[ug]id|setgroups|initgroups) *\(|SYS_(set[refs]*[ug]id|setgroups|capset)\>' \
    "$SCRATCH/code" | grep -v '^src/lib/priv/')"
}

test_only_mail_lookup_asks_the_name_service() {
  none "in the source" "$(grep -E '\<f?get(pw|gr(ent|gid|nam))[a-z_]* *\(|\<get(addr|name)info\>' "$SCRATCH/code" |
    grep -v '^src/local/')"
  none "in the programs" "$(for p in $(programs | awk '$1 != "mail-lookup" { print $1 }'); do
    symbols "$p" 2>/dev/null
    grep -E ' [TWU] (getpw|getgr(ent|gid|nam)|getaddrinfo)' "$SCRATCH/symbols.$p" | sed "s|^|$p |"
  done)"
}

# the compiler sees to it that every exported function is declared in a header (-Wmissing-prototypes)
test_exported_names_and_guards_are_there_once() {
  declared='^src/[^:]*\.h:[0-9]*:extern '
  assertTrue "there are some" "grep -q '$declared' $SCRATCH/code"
  none "names" "$(grep "$declared" "$SCRATCH/code" | sed 's/[[(;].*//' | grep -oE '[A-Za-z0-9_]+ *$' | sort | uniq -d)"
  none "guards" "$(sed -n 's/^src\/[^:]*\.h:[0-9]*:#ifndef \([A-Z0-9_]*\)$/\1/p' "$SCRATCH/code" | sort | uniq -d)"
  none "guards that are not the path" "$(find src -name '*.h' -exec awk '
    FNR == 1 { missing(); file = FILENAME; guard = toupper(substr(file, 5)); gsub(/[\/.-]/, "_", guard); seen = 0 }
    $0 == "#ifndef " guard { seen = 1 }
    END { missing() }
    function missing() { if (file != "" && !seen) print file }' {} +)"
}

test_functions_that_nobody_may_call() {
  never='strcpy|strcat|sprintf|vsprintf|gets|system|popen|strtok|alloca|mktemp|tmpnam|rand|srand'
  none "forbidden" "$(grep -E "\\<($never) *\\(" "$SCRATCH/code")"
  none "resolver of libc" "$(grep -E '\<res_(n?query|n?search|init)\>' "$SCRATCH/code")"
}

test_only_the_rooms_of_tls_know_openssl() {
  rooms=$(awk '$1 == "program" && $7 == "openssl" { print $3 }' src/rooms | sort -u | paste -sd'|')
  none "includes" "$(grep -rnE '^ *# *include +<(openssl/|crypt\.h)' src | grep -vE "^src/(${rooms:--})/")"
}

test_daemons_wait_in_one_way() {
  none "masks and waits" "$(grep -E '\<(ppoll|pselect|signalfd|sigprocmask|sigsuspend|sig(timed)?wait(info)?) *\(' "$SCRATCH/code" |
    grep -v '^src/lib/io/wake.c:')"
}

test_every_program_has_a_page_a_test_and_a_head() {
  none "missing" "$(programs | while read -r p room user; do
    f=$(source_of "$p" "$room")
    [ -f "$f" ] || { echo "$f"; continue; }
    [ -f "man/$p.8" ] || [ -f "man/$p.1" ] || echo "man/$p.[18]"
    cat man/"$p".[18] 2>/dev/null | grep -qx '\.Sh EXAMPLES' || echo "man/$p.[18]: EXAMPLES"
    [ -f "tests/$room/$p.sh" ] || [ -f "tests/$room/$p.c" ] || echo "tests/$room/$p.sh"
    sed -n '1,/\*\//p' "$f" > "$SCRATCH/head"
    sed -n 2p "$SCRATCH/head" | grep -q "^ \* $p\.c - " || echo "$f: its first line"
    [ "$(wc -l < "$SCRATCH/head")" -le 22 ] || echo "$f: a head of more than 20 lines"
    for word in "Runs as" Reads Writes Trusts "If broken" Exits; do
      grep -q "^ \* $word  *[^ ]" "$SCRATCH/head" || echo "$f: $word"
    done
    case $user in
      user) words='the recipient|recipient' ;;
      caller) words='whoever|caller|anybody' ;;
      *) words=$user ;;
    esac
    grep -E '^ \* Runs as ' "$SCRATCH/head" | grep -qE "\\<($words)\\>" || echo "$f: Runs as does not name $user"
  done)"
}

# the program of this name that was built last
built() { ls -t build/instance/*/"$1" 2>/dev/null | head -n 1; }
symbols() { [ -s "$SCRATCH/symbols.$1" ] || nm "$(built "$1")" > "$SCRATCH/symbols.$1"; } # of it, into a file

test_programs_lock_themselves_in_as_the_table_says() {
  has_tls && tls=1
  none "lock" "$(awk -v tls="${tls:-0}" '$1 == "program" && ($7 != "openssl" || tls + 0) { print $2, $8 }' src/rooms | while read -r p lock; do
    b=$(built "$p")
    [ -n "$b" ] || { echo "$p is not built"; continue; }
    symbols "$p"
    if grep -q ' [Tt] priv_lock$' "$SCRATCH/symbols.$p"; then is=yes; else is=no; fi
    [ "$is" = "$lock" ] || echo "$p: lock is $is, the table says $lock"
  done)"
}

test_settings_are_sorted_and_known() {
  sed -n 's/^  { "\([a-z0-9]*\)", [A-Z],.*/\1/p' src/lib/conf/settings.c > "$SCRATCH/settings"
  assertTrue "there are settings" "[ -s $SCRATCH/settings ]"
  assertTrue "sorted" "LC_ALL=C sort -cu $SCRATCH/settings"
  none "not in the table" "$(grep -rhoE 'control_(value|number|table|table_again) *\("[a-z0-9]+"' src |
    sed 's/.*"\(.*\)"/\1/' | sort -u | grep -vxFf "$SCRATCH/settings")"
}

test_the_version_is_for_the_administrator_alone() {
  none "who knows it" "$(grep 'conf_version' "$SCRATCH/code" | grep -vE '^src/(lib/conf/(conf.h|usage.c)|user/mail-showctl.c):')"
  assertTrue "CHANGES begins with it" "sed -n '/^[0-9]/{p;q;}' CHANGES | grep -qF '$(cat VERSION) '"
}

test_pages_are_clean() {
  need mandoc mandoc || return 0
  none "mandoc" "$(mandoc -Tlint -Wwarning man/*.[1578] 2>&1)"
  none "references to pages that are not there" "$(sed -n 's/^\.Xr \(mail[a-z-]*\|sendmail\) \([1578]\).*/\1.\2/p' man/*.[1578] |
    sort -u | while read -r page; do [ -f "man/$page" ] || echo "$page"; done)"
}

test_sizes() {
  none "lines over 120 characters" "$(find src man Makefile tests \( -path 'tests/*' -not -name '*.[ch]' \) -prune -o \
    -type f -exec awk 'length > 120 { print FILENAME ":" FNR }' {} +)"
  none "long files" "$(find src -name '*.c' -exec wc -l {} + | awk -v programs=" $(programs | cut -d' ' -f1 | xargs) " '
    { name = $2; sub(/.*\//, "", name); sub(/\.c$/, "", name) }
    $2 != "total" && $1 > (index(programs, " " name " ") ? 400 : 300) { print $2 }')"
  none "functions over 60 lines" "$(find src -name '*.c' -exec awk '
    /^\{/ { start = FNR } /^\}$/ { if (start && FNR - start > 60) print FILENAME ":" start; start = 0 }' {} +)"
}

test_nothing_is_left_to_do_or_points_elsewhere() {
  none "notes" "$(grep -rnE '(/\*|\*|//|#) *(TODO|FIXME|XXX)\>' src tests man Makefile)"
  none "addresses of the web" "$(grep -rnE 'https?:''//' src tests Makefile .ci)"
  none "paths of a workplace" "$(grep -rnE '(^|[^a-z/])/(work|root)/' src tests man Makefile .ci README INSTALL 2>/dev/null)"
}

# the compiler sees to it that conf.h's are those of src/rooms
test_every_role_has_its_user_and_is_told_of() {
  awk '$1 == "role" { print $2 }' src/rooms | sort > "$SCRATCH/roles"
  assertTrue "there are some" "[ -s $SCRATCH/roles ]"
  assertEquals "conf-users" "$(cat "$SCRATCH/roles")" "$(sed '/^ *#/d; /^ *$/d; s/ .*//' conf-users | sort)"
  none "users that are no role" "$(awk '
    $1 == "program" { print $4; print $5 }
    $1 ~ /^(dir|hashed|fifo)$/ { print $3; print $4 }' src/rooms |
    grep -vxE 'root|user|caller|-' | sort -u | grep -vxFf "$SCRATCH/roles")"
  none "not in mail-rooms(7)" "$(while read -r role; do
    grep -qw "$role" man/mail-rooms.7 || echo "$role"
  done < "$SCRATCH/roles")"
}

# gcc's warnings are those of the build that tests/run makes; these are clang's. Its driver starts a compiler for each
# file, most of whose time goes by before it reads a line: here one of those takes all.
test_clang_has_no_warnings() {
  need clang clang || return 0
  without_headers='^-$'
  has_tls || without_headers=$(grep -rlE '^#include <openssl/' src --include='*.c' | paste -sd'|')
  # shellcheck disable=SC2046
  set -- $(find src -name '*.c' | grep -vxE "$without_headers")
  compiler=$(clang -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes -Isrc -fsyntax-only -\#\#\# "$1" 2>&1 |
    tail -n 1)
  none "warnings" "$(eval "$compiler" '"$@"' 2>&1)"
}

run_tests
