/* token.c - see token.h */

#include <string.h>

#include "lib/addr/token.h"

static int is_space(char c)
{
  return c == ' ' || c == '\t' || c == '\n';
}

static int is_control(char c)
{
  return (unsigned char)c < 32 || c == 127;
}

/* The length of what begins with s[0] and ends with close, or 0. Where nests is set, each one ends a nested one. */
static size_t enclosed(char const *s, size_t len, char close, char nests)
{
  size_t i, depth = 0;

  for (i = 1; i < len; i++) {
    if (s[i] == '\\') i++;
    else if (nests && s[i] == nests) depth++;
    else if (s[i] == close && !depth--) return i + 1;
  }
  return 0;
}

static size_t atom(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len && !is_space(s[i]) && !is_control(s[i]) && !strchr("<>@,;:.\"()[]\\", s[i]); i++)
    ;
  return i;
}

/* The length of an encoded word, or 0. Its charset and encoding have no specials, its text no blank and no ?, and
   whoever wrote it may have left in the text what the standard forbids there: a comma, a parenthesis. */
static size_t encoded_word(char const *s, size_t len)
{
  size_t i = 2, marks = 0;

  if (len < 2 || s[0] != '=' || s[1] != '?') return 0;
  for (; i + 1 < len && !is_space(s[i]) && !is_control(s[i]); i++) {
    if (s[i] != '?') {
      if (marks < 2 && !atom(s + i, 1)) return 0;
    }
    else if (marks == 2) return s[i + 1] == '=' ? i + 2 : 0;
    else marks++;
  }
  return 0;
}

char const *token_next(struct token *t, char const *s, size_t len, size_t from)
{
  size_t i = from;

  while (i < len && is_space(s[i])) i++;
  *t = (struct token){ .kind = TOKEN_END, .space = i > from, .at = i, .len = 0 };
  if (i == len) return 0;
  switch (s[i]) {
    case '<': case '>': case '@': case ',': case ';': case ':': case '.':
      t->kind = s[i];
      t->len = 1;
      return 0;
    case '"':
      t->kind = TOKEN_QUOTED;
      t->len = enclosed(s + i, len - i, '"', 0);
      return t->len ? 0 : "a \" without its end";
    case '[':
      t->kind = TOKEN_LITERAL;
      t->len = enclosed(s + i, len - i, ']', 0);
      return t->len ? 0 : "a [ without its ]";
    case '(':
      t->kind = TOKEN_COMMENT;
      t->len = enclosed(s + i, len - i, ')', '(');
      return t->len ? 0 : "a ( without its )";
    case ')': return "a ) without its (";
    case ']': return "a ] without its [";
    case '\\': return "a \\ outside of quotes";
    default:
      t->len = encoded_word(s + i, len - i);
      t->kind = t->len ? TOKEN_ENCODED : TOKEN_ATOM;
      if (!t->len) t->len = atom(s + i, len - i);
      return t->len ? 0 : "a control character";
  }
}

int token_value(stralloc *sa, char const *s, struct token const *t)
{
  size_t i = t->at, end = t->at + t->len;

  if (t->kind == TOKEN_QUOTED) {
    i++;
    end--;
  }
  for (; i < end; i++) {
    if (t->kind == TOKEN_QUOTED && s[i] == '\\' && i + 1 < end) i++;
    if (s[i] != '\n' && !stralloc_catb(sa, s + i, 1)) return 0;
  }
  return 1;
}
