#!/usr/bin/env bash
# How the five font files beside this script were made (Fira Sans 4.203, unmodified but for the subset).
# Usage: subset.sh FOLDER_WITH_TTF   (needs fonttools and brotli; not part of the build)
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# Basic Latin, Latin-1, Latin Extended-A, spacing modifiers and the punctuation, arrows and signs we set.
ranges="U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6,U+02DA,U+02DC,U+1E9E,U+2002-2014,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032,U+2033,U+2039,U+203A,U+2044,U+20AC,U+2122,U+2190-2193,U+2212,U+2260,U+2264,U+2265"
for face in Regular Italic Medium SemiBold Bold; do
  pyftsubset "$1/FiraSans-$face.ttf" --unicodes="$ranges" --layout-features=kern,liga,mark,mkmk,tnum,lnum,ccmp,locl \
    --flavor=woff2 --no-hinting --desubroutinize --output-file="$here/FiraSans-$face.woff2"
done
