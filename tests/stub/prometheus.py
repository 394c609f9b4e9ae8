# prometheus.py FILE - is it of Prometheus's text format? By a strict reading of its own, and Debian's parser if it is there
import re, sys

text = open(sys.argv[1], encoding="ascii").read()
name, label = r"[a-z_][a-z0-9_]*", r'[a-z_]+="(?:[^"\\\n]|\\\\|\\")*"'
sample = re.compile(rf"({name})(?:\{{({label}(?:,{label})*)\}})? (\d+(?:\.\d+)?)")
assert text.endswith("\n")
types, seen, family, helped = {}, set(), None, None
for line in text[:-1].split("\n"):
    m = re.fullmatch(rf"# (HELP|TYPE) ({name}) (.+)", line)
    if m and m[1] == "HELP":
        helped = m[2]
    elif m:
        assert m[2] == helped and m[2] not in types and m[3] in ("counter", "gauge", "histogram"), line
        family = m[2]
        types[family] = m[3]
    else:
        m = sample.fullmatch(line)
        assert m, line
        assert (m[1], m[2]) not in seen, line
        seen.add((m[1], m[2]))
        ends = ("_bucket", "_sum", "_count") if types[family] == "histogram" else ("",)
        assert m[1] in [family + e for e in ends], line
        assert types[family] != "counter" or family.endswith("_total"), line
assert types and seen
try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    print("sound")
else:
    assert len(list(text_string_to_metric_families(text))) == len(types)
    print("sound, says the parser")
