#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The README's pictures from what the stories set_up, avatar and assets took, in one folder: tests/window/pictures.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p docs
for name in set_up drop_menu progress happy hair_afro batch_done shelf_clicked; do
  convert "$1/$name.png" -crop 1312x884+0+24 +repage -resize 960x -quality 84 "docs/$name.jpg"
done
