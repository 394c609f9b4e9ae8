# automaton.sh - the dialogues of tests/in/automaton.sh, thousands of them, from another seed each time
#
# A seed that finds something is printed, and finds it again: AUTOMATON_SEED=N AUTOMATON_SEQUENCES=3000.

AUTOMATON_SEED=${AUTOMATON_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
AUTOMATON_SEQUENCES=${AUTOMATON_SEQUENCES:-3000}
export AUTOMATON_SEED AUTOMATON_SEQUENCES
exec sh "$(dirname "$0")/../in/automaton.sh"
