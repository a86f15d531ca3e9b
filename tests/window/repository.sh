#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Build, validate, install from a self-hosted repository, update and remove, all by the Blender in a Debian root:
#   tests/window/repository.sh ROOT     (after python3 build.py repository; needs root for chroot)
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd) root=$1
work=$root/exchange/repository
rm -rf "$work"
mkdir -p "$work/served" "$work/home" "$work/newer"
cp "$here"/dist/repository/portrait_avatar-*.zip "$work/served/"
unzip -q "$work"/served/*.zip -d "$work/newer"
sed -i 's/^version = .*/version = "99.0.0"/' "$work/newer/blender_manifest.toml"
cat >"$work/inside.sh" <<'INSIDE'
set -euo pipefail
cd /exchange/repository
export HOME=$PWD/home XDG_RUNTIME_DIR=/exchange/run PYTHONUTF8=1 PATH=/usr/sbin:/usr/bin:/sbin:/bin
extension() { blender --online-mode --command extension "$@" 2>&1 | grep -v PROGRESS | tail -n 1; }
version() { grep ^version "$(echo "$HOME"/.config/blender/*/extensions/ours/portrait_avatar/blender_manifest.toml)"; }
extension validate newer
extension server-generate --repo-dir served
python3 -m http.server 8765 --bind 127.0.0.1 --directory served >/dev/null 2>&1 &
server=$!
trap 'kill $server' EXIT
sleep 2
extension repo-add --name ours --url http://127.0.0.1:8765/index.json ours
extension sync
extension install -e ours.portrait_avatar
version
rm served/*
extension build --source-dir newer --output-dir served
extension server-generate --repo-dir served
extension sync
extension update
version | grep -q '"99.0.0"'
blender -b --python-expr 'import bpy; assert "bl_ext.ours.portrait_avatar" in bpy.context.preferences.addons.keys()' --python-exit-code 1 >/dev/null
extension remove portrait_avatar
echo "validated, installed, updated, removed"
INSIDE
chroot "$root" bash /exchange/repository/inside.sh
