"""Folders of Speculators' format."""
import contextlib
import json
import shutil
import tempfile
from pathlib import Path


@contextlib.contextmanager
def naming(target, draft):
    """A copy whose configuration names the directory of its target, as docs/exports.md says; an export names the target as Anneal does."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "draft"
        shutil.copytree(draft, copy)
        config = json.loads((copy / "config.json").read_text())
        config["speculators_config"]["verifier"]["name_or_path"] = str(target)
        (copy / "config.json").write_text(json.dumps(config))
        yield copy
