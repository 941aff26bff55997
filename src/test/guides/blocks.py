"""Makes a script of the shell blocks of a guide: blocks.py PAGE > SCRIPT.

Before each block the script says where it is. Blocks marked `sh service`, which start the service and do not end, go to the function `serve`;
their java becomes the process itself. A page without blocks, or with shell blocks that would not be run, is refused.
"""

import re
import sys

MARKED = re.compile(r"^(?:## |\*\*)([^\n*]+)|^```(sh[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def main(page):
    text = open(page, encoding="utf-8").read()
    if other := re.findall(r"^[ \t]*```(?:bash|shell|console|zsh)[^\n]*|^[ \t]+```sh[^\n]*", text, re.MULTILINE):
        sys.exit(f"{page}: {other[0].strip()} would not be run")
    if not re.search(r"^```sh$", text, re.MULTILINE):
        sys.exit(f"{page} has no block to run")
    section = "Begin"
    for heading, info, block in MARKED.findall(text):
        if heading:
            section = heading.rstrip(".")
        elif info == "sh service":
            print("serve <<'SERVICE'\n" + re.sub(r"^java ", "exec java $service_options ", block, flags=re.MULTILINE) + "SERVICE")
        elif info == "sh":
            print(f"echo '--- {section}'\n{block}")


main(sys.argv[1])
