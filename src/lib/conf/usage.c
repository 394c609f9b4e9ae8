/* usage.c - see usage.h */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/conf/usage.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define NAME_AT (sizeof "usage: " - 1)
#define ANSWER_MAX 4096

void usage_asked(int argc, char **argv, char const *usage)
{
  char answer[ANSWER_MAX];
  char const *name = usage + NAME_AT;
  int n;

  if (argc != 2) return;
  if (!strcmp(argv[1], "--version"))
    n = snprintf(answer, sizeof answer, "Bulkhead %s in %s\n", conf_version, conf_home);
  else if (!strcmp(argv[1], "--help"))
    n = snprintf(answer, sizeof answer, "%s\nThe page: man -M %s/man %.*s\n", usage, conf_home,
                 (int)strcspn(name, " "), name);
  else return;
  if (n < 0 || (size_t)n >= sizeof answer || io_write(1, answer, (size_t)n) == -1)
    log_die(111, "fatal: cannot write");
  _exit(0);
}

void usage_alone(int argc, char **argv, char const *usage)
{
  usage_asked(argc, argv, usage);
  if (argc > 1) log_diex(100, usage);
}
