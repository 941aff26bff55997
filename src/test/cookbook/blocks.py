"""Makes a script of a page of shell blocks: blocks.py PAGE > SCRIPT.

After each block the statuses of its requests must be those that stand behind them as `# 200`. Repetitions count once, since loops ask as often as they must.
"""

import re
import sys
from shlex import quote

PREAMBLE = """set -Eeuo pipefail
trap 'echo "$section: line $LINENO failed; statuses $(uniq statuses | xargs)" >&2; tail -c 600 output >&2' ERR
curl() { command curl --silent --write-out '%{stderr}%{http_code}\\n' "$@" 2>> statuses; }
check() {
  local answered
  answered=$(uniq statuses | xargs)
  if [ "$answered" != "$1" ]; then
    echo "$section: the page says $1, the answers were $answered"
    tail -c 600 output
    exit 1
  fi
  echo "$section: $1"
  : > statuses
}
: > statuses
"""


def statuses(block):
    found = re.findall(r"# (\d{3})$", block, re.MULTILINE)
    return [code for i, code in enumerate(found) if i == 0 or found[i - 1] != code]


def main(page):
    section = "Begin"
    requests = 0
    print(PREAMBLE)
    for heading, block in re.findall(r"^## ([^\n]+)$|^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        section = heading or section
        if block:
            requests += len(re.findall(r"# \d{3}$", block, re.MULTILINE))
            # A redirection, not a pipe: what a block sets is there for the next one.
            print(f"section={quote(section)}\n{{\n{block}}} > output\ncheck {quote(' '.join(statuses(block)))}\n")
    print(f"echo {requests} requests of the page were answered as it says")


main(open(sys.argv[1], encoding="utf-8").read())
