/* instruction.c - see instruction.h */

#include <string.h>

#include "lib/addr/path.h"
#include "lib/addr/spec.h"
#include "local/instruction.h"

#define BLANKS " \t\r"

char *instruction_next(char **text, char const *text_end)
{
  char *line = *text, *end;

  if (line >= text_end) return 0;
  end = line + strcspn(line, "\n");
  *text = end + 1;
  while (end > line && strchr(BLANKS, end[-1])) end--;
  *end = 0;
  return line;
}

static int has_control(char const *s)
{
  for (; *s; s++)
    if ((unsigned char)*s < 32 || *s == 127) return 1;
  return 0;
}

static int has_comment(char const *s)
{
  for (; (s = strchr(s, '#')); s++)
    if (s[-1] == ' ' || s[-1] == '\t') return 1;
  return 0;
}

/* local@domain or local alone, as it is: no blanks, quotes, brackets, route; and a name that stands alone is no path */
static int is_address(char const *s)
{
  struct path p;
  char const *end;

  if (strchr("\"<@&|", *s) || path_parse_utf8(&p, s, &end) != PATH_GOOD || *end) return 0;
  if (!spec_local_ok(s, strlen(s))) return 0;
  return p.at < p.len || (!p.utf8 && !strchr(s, '/'));
}

static enum instruction wrong(char const **object, char const *why)
{
  *object = why;
  return INSTRUCTION_WRONG;
}

enum instruction instruction_read(char const *line, char const **object)
{
  *object = line;
  if (strchr(line, '\r')) return wrong(object, "a CR that does not end a line");
  switch (*line) {
    case 0: case '#':
      return INSTRUCTION_NONE;
    case '+':
      return strcmp(line, "+list") ? wrong(object, "an unknown word with +") : INSTRUCTION_LIST;
    case '|':
      *object = line + 1;
      return line[1 + strspn(line + 1, BLANKS)] ? INSTRUCTION_PROGRAM : wrong(object, "no command after the |");
    case '.': case '/':
      if (has_control(line)) return wrong(object, "a control character");
      return has_comment(line) ? wrong(object, "no comment may follow a path") : INSTRUCTION_FILE;
    default:
      *object += *line == '&';
      return is_address(*object) ? INSTRUCTION_FORWARD : wrong(object, "neither an address (local@domain) nor a path, "
                                                                       "a |command or a #comment");
  }
}
