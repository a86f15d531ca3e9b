#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs one story in a window of the Blender in a Debian root (made by the workplace's tool blender-window, which BLENDER_WINDOW names):
#   tests/window/run.sh ROOT STORY [KEY=VALUE ...] [-- BLENDER-ARGUMENT ...]
# Keys: photo, group, python (see drive.py), seconds (600). The zip must be installed there: blender-window install ROOT ZIP.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd) root=$1 story=$2 seconds=600
tool=${BLENDER_WINDOW:-blender-window}
shift 2
mkdir -p "$root/exchange/photos"
photo=$here/../../.environments/astronaut.png group='' python=''
while [ $# -gt 0 ] && [ "$1" != -- ]; do declare "$1"; shift; done
[ $# -gt 0 ] && shift
cp "$photo" ${group:+"$group"} "$root/exchange/photos/"
cp "$here"/*.py "$root/exchange/"
python3 - "$story" "$(basename "$photo")" "$(basename "$group")" "$python" >"$root/exchange/drive.json" <<'PYTHON'
import json, sys
story, photo, group, python = sys.argv[1:]
print(json.dumps({"story": story, "photo": f"/exchange/photos/{photo}", "group": group and f"/exchange/photos/{group}", "python": python}))
PYTHON
rm -f "$root/exchange/results.json"
"$tool" run "$root" "$root/exchange/drive.py" "$seconds" "$@" || status=$?
# A story that kills its Blender is told by somebody else, a little later.
for _ in $(seq 40); do [ -e "$root/exchange/results.json" ] && break; sleep 0.5; done
cat "$root/exchange/results.json"
exit "${status:-0}"
