/* env.c - values that old shells take for functions */

#include <stdlib.h>
#include <string.h>

#include "lib/io/env.h"
#include "unit.h"

static int is(char const *name, char const *want)
{
  char const *value = getenv(name);

  return value && !strcmp(value, want);
}

int main(void)
{
  setenv("SENDER", "() { :;}; echo x", 1);
  setenv("EXT", "() {", 1);
  setenv("LOCAL", "() x", 1);
  setenv("HOST", "a=() { :;}", 1);
  setenv("DEFAULT", "", 1);
  setenv("BASH_FUNC_mine%%", "() {  :\n}", 1);
  check("done", env_defuse() == 0);
  check("a function", is("SENDER", " () { :;}; echo x"));
  check("the shortest", is("EXT", " () {"));
  check("no function", is("LOCAL", "() x"));
  check("not at the start", is("HOST", "a=() { :;}"));
  check("empty", is("DEFAULT", ""));
  check("bash's own", is("BASH_FUNC_mine%%", "() {  :\n}"));
  check("again", env_defuse() == 0 && is("SENDER", " () { :;}; echo x"));
  return unit_end();
}
