#!/usr/bin/env sh
# One app or three, not both: two publishers would share one lease prefix, and every event would come twice.
set -eu
if [ "${ONEWRITE_SPLIT:-false}" = "${ONEWRITE_TOGETHER:-true}" ]; then
  echo "set ONEWRITE_SPLIT and ONEWRITE_TOGETHER to opposites: azd env set ONEWRITE_TOGETHER false" >&2
  exit 1
fi
