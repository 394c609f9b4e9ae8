/* qargs.c - see qargs.h */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/conf/usage.h"
#include "lib/io/log.h"
#include "lib/msg/utf8.h"
#include "user/qargs.h"

#define PART_MIN 4              /* digits of a part of an ID */

static char const *const words[] = { "list", "show", "hold", "release", "retry", "expire", "delete", "hold-domain",
                                     "release-domain", "retry-domain", "domains" };
static enum ask_word const asked[] = { ASK_LIST, ASK_LIST, ASK_HOLD, ASK_RELEASE, ASK_RETRY, ASK_EXPIRE, ASK_DELETE,
                                       ASK_HOLD, ASK_RELEASE, ASK_RETRY, ASK_DOMAINS };
#define WORDS (sizeof words / sizeof *words)

/* Which words take an option. */
#define CHOOSE (1U << Q_LIST | 1U << Q_HOLD | 1U << Q_RELEASE | 1U << Q_RETRY | 1U << Q_EXPIRE | 1U << Q_DELETE)
#define ORDERS (CHOOSE & ~(1U << Q_LIST))
#define DOMAINS (1U << Q_HOLD_DOMAIN | 1U << Q_RELEASE_DOMAIN | 1U << Q_RETRY_DOMAIN)
#define EVERY ((1U << WORDS) - 1)
#define SHOWS (1U << Q_SHOW)

static struct qargs *q;
static char const help[] =
  "usage: mail-q [list] [SELECTOR...] [ID...] [--json]\n"
  "       mail-q show ID... [--json | --header | --message [--raw]]\n"
  "       mail-q hold | release | retry | expire | delete  ID... | - | SELECTOR... | --all\n"
  "              [--reason TEXT] [--dry-run] [--yes] [--json | --quiet]\n"
  "       mail-q hold-domain | release-domain | retry-domain  DOMAIN... [--reason TEXT]\n"
  "       mail-q domains [--json]\n"
  "ID: an ID of the queue, or how one begins or ends; - reads IDs from standard input\n"
  "SELECTOR, all of which must be so:\n"
  "  --from PATTERN  --to PATTERN     an address, @DOMAIN, or with * for any bytes; <> is the empty sender\n"
  "  --domain NAME                    a recipient's domain\n"
  "  --host NAME                      a recipient's destination, or a host that its last reply names\n"
  "  --reply TEXT                     a part of a recipient's last reply\n"
  "  --older AGE  --newer AGE         30s, 20m, 3h, 2d, 1w\n"
  "  --larger SIZE  --smaller SIZE    bytes: 800, 10k, 5m\n"
  "  --state STATE[,STATE...]         new, due, waiting, held, done, damaged, unknown\n"
  "  --id PATTERN                     an ID with * for any digits\n"
  "exits 0 done, 1 nothing matched, 2 some could not be done, 100 wrong usage or no right, 111 not now";

static _Noreturn void usage(char const *what, char const *which)
{
  log_diex(100, what, which, "; mail-q --help tells how it is used");
}

static void copy(char *to, size_t max, char const *option, char const *value)
{
  size_t len = strlen(value);

  if (!len || len > max) log_diex(100, "fatal: ", option, " has a value that is empty or too long");
  memcpy(to, value, len + 1);
}

static void pattern(char *to, char const *option, char const *value)
{
  copy(to, ASK_PATTERN_MAX, option, value);
}

/* Folded, and without the dot at its end. */
static void domain(char *to, char const *option, char const *value)
{
  size_t i, len;

  copy(to, ASK_DOMAIN_MAX, option, value);
  for (i = 0; to[i]; i++)
    if (to[i] >= 'A' && to[i] <= 'Z') to[i] = (char)(to[i] + 32);
  len = strlen(to);
  if (len > 1 && to[len - 1] == '.') to[len - 1] = 0;
}

/* A number with one of these letters behind it, or none, each of which has a factor. */
static uint64_t number(char const *option, char const *value, char const *letters, uint64_t const *factor,
                       char const *right)
{
  char *end;
  unsigned long long n = strtoull(value, &end, 10);
  char const *letter = *end ? strchr(letters, *end | 32) : 0;
  uint64_t f = letter ? factor[letter - letters] : 1;

  if (*value < '0' || *value > '9' || (*end && (!letter || end[1])) || n > INT64_MAX / f)
    log_diex(100, "fatal: ", option, " wants ", right, ", not ", value);
  return n * f;
}

static uint64_t age(char const *option, char const *value)
{
  static uint64_t const factor[] = { 1, 60, 3600, 86400, 604800 };

  return number(option, value, "smhdw", factor, "an age such as 30s, 20m, 3h, 2d or 1w");
}

static uint64_t size(char const *option, char const *value)
{
  static uint64_t const factor[] = { 1024, 1048576, 1073741824 };

  return number(option, value, "kmg", factor, "a size such as 800, 10k or 5m");
}

/* Of nothing, as a script may have it, nothing is selected: in the request it would mean whatever there is. */
static uint64_t not_nothing(uint64_t n, char const *option, char const *value)
{
  if (!n) log_diex(100, "fatal: nothing is ", option + 2, " than ", value);
  return n;
}

static void state(char const *value)
{
  do {
    size_t len = strcspn(value, ",");
    int s = 0;
    while (s < ASK_STATES && (strlen(ask_states[s]) != len || memcmp(ask_states[s], value, len))) s++;
    if (s == ASK_STATES) log_diex(100, "fatal: --state wants new, due, waiting, held, done, damaged or unknown, not ",
                                   value);
    q->request.select.states |= 1U << s;
    value += len + (value[len] == ',');
  } while (*value);
}

static void reason(char const *value)
{
  if (strlen(value) > ASK_REASON_MAX || !utf8_text(value))
    log_diex(100, "fatal: a reason has at most 200 bytes, is UTF-8, and has no control characters");
  memcpy(q->request.reason, value, strlen(value) + 1);
}

enum option {
  O_FROM, O_TO, O_DOMAIN, O_HOST, O_REPLY, O_OLDER, O_NEWER, O_LARGER, O_SMALLER, O_STATE, O_ID, O_ALL, O_JSON,
  O_POSTFIX, O_HEADER, O_MESSAGE, O_RAW, O_REASON, O_DRY, O_YES, O_QUIET, OPTIONS
};

static struct {
  char const *name;
  int has_value;
  unsigned int words;
} const options[OPTIONS] = {
  { "--from", 1, CHOOSE }, { "--to", 1, CHOOSE }, { "--domain", 1, CHOOSE }, { "--host", 1, CHOOSE },
  { "--reply", 1, CHOOSE }, { "--older", 1, CHOOSE }, { "--newer", 1, CHOOSE }, { "--larger", 1, CHOOSE },
  { "--smaller", 1, CHOOSE }, { "--state", 1, CHOOSE }, { "--id", 1, CHOOSE }, { "--all", 0, CHOOSE },
  { "--json", 0, EVERY },
  { "--postfix", 0, 1U << Q_LIST }, { "--header", 0, SHOWS }, { "--message", 0, SHOWS }, { "--raw", 0, SHOWS },
  { "--reason", 1, ORDERS | DOMAINS }, { "--dry-run", 0, ORDERS }, { "--yes", 0, ORDERS | DOMAINS },
  { "--quiet", 0, ORDERS | DOMAINS }
};

static void select_by(enum option o, char const *name, char const *value)
{
  struct ask_select *s = &q->request.select;

  q->has_select = 1;
  switch (o) {
    case O_FROM: pattern(s->from, name, value); break;
    case O_TO: pattern(s->to, name, value); break;
    case O_DOMAIN: domain(s->domain, name, value); break;
    case O_HOST: domain(s->host, name, value); break;
    case O_REPLY: pattern(s->reply, name, value); break;
    case O_OLDER: s->older = age(name, value); break;
    case O_NEWER: s->newer = not_nothing(age(name, value), name, value); break;
    case O_LARGER: s->larger = size(name, value); break;
    case O_SMALLER: s->smaller = not_nothing(size(name, value), name, value); break;
    case O_STATE: state(value); break;
    default: pattern(s->id, name, value);
  }
}

static void take(enum option o, char const *name, char const *value)
{
  if (!(options[o].words >> q->word & 1)) log_diex(100, "fatal: ", name, " is nothing for mail-q ", q->name);
  switch (o) {
    case O_ALL: q->request.all = 1; break;
    case O_JSON: q->json = 1; break;
    case O_POSTFIX: q->postfix = 1; break;
    case O_HEADER: q->header = 1; break;
    case O_MESSAGE: q->message = 1; break;
    case O_RAW: q->raw = 1; break;
    case O_REASON: reason(value); break;
    case O_DRY: q->dry_run = 1; break;
    case O_YES: q->yes = 1; break;
    case O_QUIET: q->quiet = 1; break;
    default: select_by(o, name, value);
  }
}

/* The option at *i, and its value, which may stand behind a = or be the next word. */
static void option(char **argv, int argc, int *i)
{
  char *name = argv[*i], *value = strchr(name, '=');
  size_t len = value ? (size_t)(value - name) : strlen(name);
  int o = 0;

  while (o < OPTIONS && (strlen(options[o].name) != len || memcmp(options[o].name, name, len))) o++;
  if (o == OPTIONS) usage("fatal: there is no option ", name);
  if (!options[o].has_value && value) usage("fatal: this option has no value: ", options[o].name);
  if (options[o].has_value && !value && ++*i == argc) usage("fatal: this option needs a value: ", name);
  take((enum option)o, options[o].name, value ? value + 1 : argv[*i]);
}

int qargs_id(char const *s)
{
  size_t len = strlen(s);

  return len >= PART_MIN && len <= ID_MAX && strspn(s, "0123456789abcdef-") == len;
}

static void word(char const *s)
{
  q->word = Q_LIST;
  while (q->word < WORDS && strcmp(words[q->word], s)) q->word++;
  if (q->word == WORDS) usage("fatal: there is no word ", s);
}

/* What is asked for must be something, and one thing. */
static void check(void)
{
  uint32_t i;

  if (q->word == Q_SHOW && !q->operands) usage("fatal: show wants an ID", "");
  if (q_domains(q->word) && !q->operands) log_diex(100, "fatal: mail-q ", q->name, " wants a domain");
  if (q->word == Q_DOMAINS && q->operands) usage("fatal: domains lists all, not ", q->operand[0]);
  if ((ORDERS >> q->word & 1) && !q->operands && !q->has_select && !q->request.all)
    log_diex(100, "fatal: mail-q ", q->name, " wants IDs, or selectors, or --all; mail-q --help has them");
  if (q->request.all && (q->operands || q->has_select)) usage("fatal: --all goes with neither IDs nor selectors", "");
  if (q->raw && !q->message && !q->header) usage("fatal: --raw goes with --message or --header", "");
  if (q->raw && isatty(1)) log_diex(100, "fatal: --raw writes bytes as they are, and not to a terminal");
  if (q_domains(q->word)) return;
  for (i = 0; i < q->operands; i++)
    if (!qargs_id(q->operand[i]) && strcmp(q->operand[i], "-"))
      log_diex(100, "fatal: this is neither an ID nor 4 digits or more of one: ", q->operand[i]);
}

void qargs_read(struct qargs *to, int argc, char **argv)
{
  int i = 1;

  q = to;
  *q = (struct qargs){ .name = "list" };
  q->operand = calloc((size_t)argc + 1, sizeof *q->operand);
  if (!q->operand) log_diex(111, "fatal: out of memory");
  usage_asked(argc, argv, help);
  if (argc > 1 && *argv[1] != '-' && !qargs_id(argv[1])) word(argv[i++]);
  q->name = words[q->word];
  q->request.word = asked[q->word];
  for (; i < argc; i++) {
    if (!strcmp(argv[i], "--")) {
      while (++i < argc) q->operand[q->operands++] = argv[i];
      break;
    }
    if (argv[i][0] == '-' && argv[i][1]) option(argv, argc, &i);
    else q->operand[q->operands++] = argv[i];
  }
  check();
}
