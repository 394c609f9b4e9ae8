/* form.c - of each form what it takes and what not; bounds in the table are those of the programs */

#include <stdio.h>
#include <string.h>

#include "door/job.h"
#include "door/limits.h"
#include "lib/conf/settings.h"
#include "unit.h"

struct row {
  char const *name;
  char const *good[8];
  char const *bad[12];
};

static struct row const values[] = {
  { "concurrencylocal", { "0", "10", "4294967295" }, { "", "ten", "-1", "1 2", "10,", "4294967296", "0x10" } },
  { "timeoutremote", { "1" }, { "0", "1m" } },
  { "mfcheck", { "0", "1" }, { "", "2", "yes" } },
  { "me", { "mail.example.org", "localhost", "[192.0.2.1]", "[IPv6:2001:db8::1]", "m\xc3\xbcller.example" },
    { "", "a b", "a..b", ".a", "a.", "a@b", "a,b", "[1.2.3]", "m\xfcller.example", "\xff\xfe" } },
  { "bouncefrom", { "MAILER-DAEMON" }, { "", "a@b", "a b", "<a>", "\"a\"", "\xfc" } },
  { "probeuser", { "root", "" }, { "\"root\"", "a b" } },
  { "smtpgreeting", { "mx.example hello" }, { "", "a\x1b[1m", "\xc3\xbc" } },
  { "defaultdelivery", { "./Maildir/", "./Mailbox", "/var/spool/x", "|prog a b", "&a@b.example", "joe", "#" },
    { "", "Maildir/", "~/Maildir/", "|", "&", "& a", "<a@b>", "a, b", "./Maildir/ # c", "./Maildir/\t#" } },
  { "queueprogram", { "", "bin/mail-qmqpc", "/usr/bin/x" }, { "a b", "bin/", "\"bin/x\"", "'/x'" } },
  { "tlscafile", { "/etc/ssl/ca.pem", "/a:/b" }, { "ca.pem", "/a b" } },
  { "tlsversion", { "1.2", "1.3" }, { "", "1.1", "1.4", "TLSv1.2", "13" } },
  { "authbackend", { "file", "checkpassword /bin/x -a", "dovecot /run/x" }, { "", "File", "dovecot", "checkpassword x" } },
};

static struct row const lists[] = {
  { "locals", { "example.org", "localhost", "[192.0.2.1]" }, { "example .org", "a@b", ".example.org", "a:b", "*" } },
  { "rcpthosts", { "example.org", ".example.org", "[IPv6:2001:db8::1]" }, { "@example.org", "*.example.org", "." } },
  { "badmailfrom", { "a@b.example", "\xc3\xbc@b.example", "@xn--bse-hoa.example", "@b.example", "@[192.0.2.1]" }, { "b.example", "a@", "a b@c", "@b\xc3\xbcse.example" } },
  { "ehlohide", { "SMTPUTF8", "dsn", "ENHANCEDSTATUSCODES" }, { "UTF8", "SMTPUTF8 DSN", "" } },
  { "authmechanisms", { "PLAIN", "login", "scram-sha-256" }, { "", "CRAM-MD5", "PLAIN LOGIN" } },
  { "dnsservers", { "192.0.2.1", "192.0.2.1:5353", "::1", "[::1]:53" }, { "ns.example", "192.0.2.1:", "1.2.3" } },
  { "listen", { "192.0.2.1:25", "0.0.0.0:25", "[::]:25", ":25", "[2001:db8::1]:209:qmtp", ":628:qmqp", "1.2.3.4:25:smtp" },
    { "mail.example:25", "25", "192.0.2.1", "::1:25", "[::1]", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:25:imap",
      ":qmtp", "192.0.2.1:smtp", "*:25", "[::1:25" } },
  { "proxyhosts", { "192.0.2.1", "192.0.2.0/24", "2001:db8::/32" },
    { "192.0.2.1/24", "0.0.0.0/0", "::/0", "192.0.2.0/33", "192.0.2.0/", "front.example" } },
};

/* "key:value" or, without a colon, a key alone */
static struct row const maps[] = {
  { "virtualdomains", { "a.example:joe", ".a.example:joe", "x@a.example:joe", "a.example:", ":all" },
    { "a.example", "a b:joe", "a.example:j oe", "a.example:a@b" } },
  { "smtproutes", { "a.example:relay.example", "a.example:", ":relay:25", "a.example:[::1]:25", ".a:192.0.2.1",
      "a:[IPv6:::1]:25", "a.example::2525" },
    { "a.example", "a.example:relay:0", "a.example:relay:x", "a.example:re lay", "a.example:relay:25:26", "a..b:c", "a:[relay]", "a:[::1" } },
  { "qmtproutes", { "a.example:host", "a.example:host:209", "a.example:" }, { "a.example", "a.example::209" } },
  { "transports", { "a:lmtp:host", "a:lmtp:host:24", "a:lmtp:/run/x", "a:program:/bin/x -y", "a:smtp" },
    { "a:lmtp:host:25", "a:lmtp:", "a:smpt", "a:program:x", "a", "a:" } },
  { "tlspolicy", { "a:none", ":may", ".a:encrypt", "a:secure:mx.a,.a:/etc/ca.pem", "[192.0.2.1]:secure" },
    { "a", "a:", "a:never", "a:may:x", "a:secure:", "*:may" } },
  { "loginsenders", { "joe:joe@a.example,joe-*@a.example", "joe@a.example:*", ":@a.example" },
    { "joe", "joe:", "joe:x", "joe:a@b c@d", "j oe:*" } },
  { "smtpauth", { "a:me:file", ":me@a:/etc/pw", "u@a:me:file", "@a:me:file", "a:" }, { "a", "a:me", "a:me:", "a::file", "*:me:f",
      "a:me:f/" } },
  { "ratelimits", { "a:10", "a:10/2", ":0", "a:/2" }, { "a:", "a", "a:x", "a:10/2/3", "a:10 /2" } },
  { "remoterecipients", { "a:10", ":1" }, { "a:0", "a:", "a", "a:x" } },
  { "ipversion", { "a:4", ".a:6", ":4", "a:" }, { "4", "a:5", "a:46", "a:4,6", "a: 4", "a:ipv4" } },
  { "ehloignore", { "a:DSN", ".a:SIZE,CHUNKING", ":scram-sha-256,DSN", "a:" }, { "a", "a:X", "a:DSN,", "a:,DSN", "a:DSN SIZE",
      "a:ENHANCEDSTATUSCODES" } },
  { "outgoingip", { "a:192.0.2.1", "a:192.0.2.1,::1", ":::1", "192.0.2.1", "a:" },
    { "2001:db8::1", "a:x", "a", "a:192.0.2.1,", "a:192.0.2.1,192.0.2.2", "a:192.0.2.1,::1,::2" } },
  { "dnsbllist",
    { "a.example", "a.example:127.0.0.2", "a.example:127.0.0.2-127.0.0.9,127.0.1.1:see a", "a.example::see" },
    { "a..b", "a b", "a.example:10.0.0.1", "a.example:127.0.0.2-", "a.example:127.0.0.9-127.0.0.2", "a.example:x",
      "a.example:127.0.0.2," } },
};

static char const *expects(struct setting const *s, char const *text)
{
  static char line[200];
  char *colon;

  snprintf(line, sizeof line, "%s", text);
  colon = s->kind == SETTING_MAP ? strchr(line, ':') : 0;
  if (colon) *colon++ = 0;
  return setting_expects(s, line, colon);
}

static void try(struct row const *row)
{
  struct setting const *s = setting_find(row->name);
  char name[300];
  size_t i;

  for (i = 0; i < 8 && row->good[i]; i++) {
    snprintf(name, sizeof name, "%s takes '%s'", row->name, row->good[i]);
    check(name, !expects(s, row->good[i]));
  }
  for (i = 0; i < 12 && row->bad[i]; i++) {
    snprintf(name, sizeof name, "%s does not take '%s'", row->name, row->bad[i]);
    check(name, expects(s, row->bad[i]));
  }
}

#define ALL(rows) for (i = 0; i < sizeof (rows) / sizeof *(rows); i++) try((rows) + i)

/* what no program could use is told as what it is */
static void lengths(void)
{
  static char const *const names[] = { "bouncefrom", "probeuser", "defaultdelivery", "queueprogram", "me",
                                       "smtpgreeting" };
  char huge[8192];
  size_t i;

  memset(huge, 'x', sizeof huge);
  huge[sizeof huge - 1] = 0;
  for (i = 0; i < sizeof names / sizeof *names; i++) check(names[i], setting_expects(setting_find(names[i]), huge, 0));
}

int main(void)
{
  size_t i;

  lengths();

  ALL(values);
  ALL(lists);
  ALL(maps);
  for (i = 0; i < settings_count; i++)
    if (settings[i].standard && strcmp(settings[i].standard, "=me"))
      check("a default is sound", !setting_expects(settings + i, settings[i].standard, 0));
  check("local deliveries", setting_find("concurrencylocal")->most == LOCAL_JOBS_MAX);
  return unit_end();
}
