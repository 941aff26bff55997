#!/usr/bin/env bash
# Runs processes of the previous release beside those of this tree, on this tree's schema: src/test/upgrade/run.sh [revision].
# Without a revision it takes the newest release (tag v…); before the first one, it prints that there is nothing to upgrade from.
set -euo pipefail
cd "$(dirname "$0")/../../.."
previous=${1:-$(git tag --list 'v*' --sort=-version:refname | head -n 1)}
if [ -z "$previous" ]; then
  echo "There is no release yet to upgrade from. To upgrade from a revision: src/test/upgrade/run.sh HEAD~10"
  exit 0
fi
if ! git diff --quiet --diff-filter=MDR "$previous" -- src/main/resources/db/migration; then
  echo "Migrations of $previous have been changed or removed since: its processes would refuse this tree's schema." >&2
  exit 1
fi
work=$(mktemp -d)
stop() {
  git worktree remove --force "$work/previous" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
git worktree add --detach "$work/previous" "$previous"
(cd "$work/previous" && ./mvnw --batch-mode --quiet -DskipTests -Dspotless.check.skip -Dcheckstyle.skip package)
./mvnw --batch-mode --no-transfer-progress verify -Dtest=None -Dit.test=UpgradeIT \
  -Dsurefire.failIfNoSpecifiedTests=false -Danneal.upgrade.previous-jar="$work/previous/target/anneal.jar"
