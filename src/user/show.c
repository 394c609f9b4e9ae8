/* show.c - see show.h */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "user/json.h"
#include "user/row.h"
#include "user/show.h"
#include "user/showjson.h"
#include "user/why.h"

#define ID_COLUMN 27            /* an ordinary ID and a mark */
#define POSTFIX_REASON 76       /* a reason ends in this column */

static enum show form;
static uint64_t messages, bytes, domains, in_state[ASK_STATES];
static int64_t now;

/* SHOW_LIST: the line below a message, which waits for all of its recipients */
static struct {
  int open;
  uint32_t n;                   /* recipients that are to do */
  char first[ADDRESS_MAX], why[WHY_MAX];
  size_t first_len, why_len;
} below;

/* SHOW_POSTFIX: the reason that was told last */
static char told[REPLY_BYTES];
static size_t told_len;

void show_start(enum show f)
{
  form = f;
  now = (int64_t)time(0);
}

/* Has its envelope been read? What has no sender is no bounce then. */
static int is_known(struct ask_item const *i)
{
  return i->state != ASK_DAMAGED && i->state != ASK_UNKNOWN;
}

/* --- a list */

static void end_list_message(void)
{
  if (!below.open) return;
  below.open = 0;
  if (!below.n) return;
  row_add("    ");
  row_bytes(below.first, below.first_len);
  if (below.n > 1) row_add(" (+%u)", below.n - 1);
  if (below.why_len) row_add(": ");
  row_bytes(below.why, below.why_len);
  row_end();
}

static void list_message(struct ask_item const *i)
{
  end_list_message();
  if (messages == 1) {
    row_add("%-*s %-8s %5s %6s %s", ID_COLUMN - 1, "ID", "STATE", "AGE", "SIZE", "SENDER, RECIPIENTS");
    row_end();
  }
  row_add("%-*s %-8s %5s ", ID_COLUMN - 1, i->id, ask_states[i->state], row_span(now - id_time(i->id)));
  if (is_known(i)) {
    row_add("%6s <", row_size(i->bytes));
    row_bytes(i->address.s, i->address.len);
    row_add(">");
  }
  else row_add("%6s ?", "?");
  row_end();
  below.open = 1;
  below.n = 0;
  below.why_len = why_message(below.why, i);
}

static void list_rcpt(struct ask_item const *i)
{
  if (i->mark != ASK_TODO || below.n++) return;
  below.first_len = i->address.len < sizeof below.first ? i->address.len : sizeof below.first;
  memcpy(below.first, i->address.s, below.first_len);
  if (!below.why_len) below.why_len = why_rcpt(below.why, i, now);
}

static void end_list(void)
{
  int s, n = 0;

  end_list_message();
  row_add("%llu message%s, %s:", (unsigned long long)messages, messages == 1 ? "" : "s", row_size(bytes));
  for (s = 0; s < ASK_STATES; s++)
    if (in_state[s]) row_add("%s %llu %s", n++ ? "," : "", (unsigned long long)in_state[s], ask_states[s]);
  row_end();
}

/* --- all of a message */

static void show_held(char const *indent, struct ask_holder const *h)
{
  if (!h->when) return;
  row_add("%s", indent);
  row_bytes(h->name.s, h->name.len);
  row_add("%suid %lu since ", h->name.len ? ", " : "", (unsigned long)h->uid);
  row_time(h->when);
  if (h->reason.len) row_add(": ");
  row_bytes(h->reason.s, h->reason.len);
  row_end();
}

static void whole_message(struct ask_item const *i)
{
  if (messages > 1) row_end();
  row_add("%s", i->id);
  row_end();
  if (is_known(i)) {
    row_add("  from     <");
    row_bytes(i->address.s, i->address.len);
    row_add(">");
    row_end();
  }
  row_add("  arrived  ");
  row_time(id_time(i->id));
  row_add(" (%s ago)", row_span(now - id_time(i->id)));
  if (is_known(i)) {
    row_add(", from uid %lu", (unsigned long)i->uid);
    row_end();
    row_add("  size     %llu bytes, %u recipient%s", (unsigned long long)i->bytes, i->rcpts, i->rcpts == 1 ? "" : "s");
  }
  row_end();
  row_add("  state    %s", ask_states[i->state]);
  if (is_known(i)) row_add(", tried %u time%s", i->tries, i->tries == 1 ? "" : "s");
  if (i->next) row_add(", next try ");
  if (i->next) row_time(i->next);
  if (i->next) row_add(" (in %s)", row_span(i->next - now));
  row_end();
  show_held("  held by  ", &i->held);
}

static void whole_rcpt(struct ask_item const *i)
{
  char why[WHY_MAX];
  size_t len;

  row_add("  to       ");
  row_bytes(i->address.s, i->address.len);
  if (i->mark != ASK_TODO) row_add("  %s", i->mark == ASK_DELIVERED ? "done" : "failed");
  row_end();
  if (i->mark != ASK_TODO) return;
  if (i->replied) {
    row_add("    tried %u time%s, last ", i->tries, i->tries == 1 ? "" : "s");
    row_time(i->replied);
    row_add(": ");
    row_bytes(i->reply.s, i->reply.len);
    row_end();
  }
  show_held("    waits: the domain is held by ", &i->held);
  len = why_waits(why, &i->waits, now);
  if (!len) return;
  row_add("    waits: ");
  row_bytes(why, len);
  row_end();
}

/* --- as Postfix */

static void postfix_message(struct ask_item const *i)
{
  time_t t = (time_t)id_time(i->id);
  struct tm tm;
  char when[32] = "", id[ID_MAX + 2];
  char const *mark = i->state == ASK_HELD ? "!" : i->state == ASK_NEW || i->state == ASK_DUE ? "*" : "";

  if (messages == 1) printf("%-*s %8s %-19s %s\n", ID_COLUMN, "---------Queue ID----------", "--Size--",
                            "---Arrival Time----", "--Sender/Recipient------");
  else putchar('\n');
  if (localtime_r(&t, &tm)) strftime(when, sizeof when, "%a %b %e %H:%M:%S", &tm);
  snprintf(id, sizeof id, "%s%s", i->id, mark);
  row_add("%-*s %8llu %-19s ", ID_COLUMN, id, (unsigned long long)i->bytes, when);
  if (!is_known(i)) row_add("(%s)", ask_states[i->state]);
  else if (i->address.len) row_bytes(i->address.s, i->address.len);
  else row_add("MAILER-DAEMON");
  row_end();
  told_len = 0;
}

static void postfix_rcpt(struct ask_item const *i)
{
  int space = POSTFIX_REASON - (int)i->reply.len;

  if (i->mark != ASK_TODO) return;
  if (i->reply.len && (i->reply.len != told_len || memcmp(told, i->reply.s, told_len))) {
    row_add("%*s(", space > 0 ? space : 0, "");
    row_bytes(i->reply.s, i->reply.len);
    row_add(")");
    row_end();
    told_len = i->reply.len < sizeof told ? i->reply.len : sizeof told;
    memcpy(told, i->reply.s, told_len);
  }
  row_add("%-*s %8s %-19s ", ID_COLUMN, "", "", "");
  row_bytes(i->address.s, i->address.len);
  row_end();
}

static void end_postfix(void)
{
  printf("\n-- %llu Kbytes in %llu Request%s.\n", (unsigned long long)(bytes / 1024), (unsigned long long)messages,
         messages == 1 ? "" : "s");
}

/* --- */

static void show_domain(struct ask_item const *i)
{
  domains++;
  if (form == SHOW_JSON) {
    json_domain(i);
    return;
  }
  row_bytes(i->address.s, i->address.len);
  show_held("  held by ", &i->held);
}

void show_item(struct ask_item const *i)
{
  static void (*const message[])(struct ask_item const *) = {
    [SHOW_LIST] = list_message, [SHOW_WHOLE] = whole_message, [SHOW_JSON] = json_message,
    [SHOW_POSTFIX] = postfix_message };
  static void (*const rcpt[])(struct ask_item const *) = {
    [SHOW_LIST] = list_rcpt, [SHOW_WHOLE] = whole_rcpt, [SHOW_JSON] = json_rcpt, [SHOW_POSTFIX] = postfix_rcpt };

  if (i->kind == ASK_DOMAIN) show_domain(i);
  else if (i->kind == ASK_RCPT) rcpt[form](i);
  else {
    messages++;
    bytes += i->bytes;
    in_state[i->state]++;
    message[form](i);
  }
}

uint64_t show_end(char const *empty)
{
  if (form == SHOW_JSON) json_end();
  else if (!messages && !domains) puts(empty);
  else if (form == SHOW_LIST && messages) end_list();
  else if (form == SHOW_POSTFIX) end_postfix();
  return messages + domains;
}
