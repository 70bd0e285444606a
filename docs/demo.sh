#!/usr/bin/env bash
# Shows keyguard at work: a commit that is blocked in a scratch repository, then a scan of this checkout.
# usage: docs/demo.sh BIN, the directory that holds keyguard and pre-commit
set -euo pipefail

bin=$(cd "$1" && pwd)
checkout=$(git rev-parse --show-toplevel)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PRE_COMMIT_HOME="$scratch/pre-commit" GIT_CONFIG_NOSYSTEM=1 PIP_DISABLE_PIP_VERSION_CHECK=1
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

say "A repository that uses keyguard through pre-commit"
git init --quiet "$scratch/app"
cd "$scratch/app"
git config user.name demo
git config user.email demo@example.com
git config commit.gpgsign false
cat > .pre-commit-config.yaml <<CONFIG
repos:
  - repo: $checkout
    rev: $(git -C "$checkout" rev-parse HEAD)
    hooks:
      - id: keyguard
CONFIG
cat .pre-commit-config.yaml
run "$bin/pre-commit" install
git add .pre-commit-config.yaml
run git commit --quiet -m "Use keyguard"

say "A commit that embeds a key (a made-up one)"
"$bin/python" -c 'from keyguard.samples import filled; print(filled("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}", 1))' > settings.ini
git add settings.ini
if run git commit -m "Add the settings"; then
  echo "the commit was not blocked: this is a bug" >&2
  exit 1
fi

say "The same commit with the key taken out"
printf '[default]\nprofile = app\n' > settings.ini
git add settings.ini
run git commit --quiet -m "Add the settings"
git log --oneline

say "A scan of this checkout"
cd "$checkout"
run "$bin/keyguard" scan -v
